import type { Environment } from "@rivetkit/engine-core";
import { invalidOptionError } from "../invalid-option.ts";
import type { Origin } from "../setting.ts";

/** A text from an option or environment variable, and its origin. */
export interface TextSetting {
	readonly text: string;
	readonly origin: Exclude<Origin, { readonly kind: "default" }>;
}

/** Reads an environment variable; undefined if it is not set or empty. */
export function textVariable(name: string, environment: Environment): TextSetting | undefined {
	const text = environment[name];
	return text === undefined || text === "" ? undefined : { text, origin: { kind: "variable", name } };
}

/** Returns the text of an option if it is given, else the result of `variable`. */
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
 * @throws EngineError `invalid_option` unless `expected` is undefined. Undefined means that the text is valid.
 */
export function requireValid(setting: TextSetting, expected: string | undefined): void {
	if (expected === undefined) return;
	throw invalidOptionError(setting.origin.name, setting.text, expected, setting.origin.kind);
}
