import type { Environment } from "@rivetkit/engine-core";
import { invalidOptionError } from "../invalid-option.ts";
import type { Origin } from "../setting.ts";

/** A text that an option or variable gives, and its origin. */
export interface TextSetting {
	readonly text: string;
	readonly origin: Exclude<Origin, { readonly kind: "default" }>;
}

/** Reads a variable; undefined unless it is set and not empty. */
export function textVariable(name: string, environment: Environment): TextSetting | undefined {
	const text = environment[name];
	return text === undefined || text === "" ? undefined : { text, origin: { kind: "variable", name } };
}

/** Gives the text of an option, else that of a variable. */
export function optionOr(
	name: string,
	option: string | undefined,
	variable: () => TextSetting | undefined,
): TextSetting | undefined {
	return option === undefined ? variable() : { text: option, origin: { kind: "option", name } };
}

/**
 * Checks the text of a setting.
 *
 * @throws EngineError `invalid_option` unless `expected` is undefined, which means that the text is valid.
 */
export function requireValid(setting: TextSetting, expected: string | undefined): void {
	if (expected === undefined) return;
	throw invalidOptionError(setting.origin.name, setting.text, expected, setting.origin.kind);
}
