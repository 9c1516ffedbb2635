import type { Environment } from "@rivetkit/engine-core";
import { invalidOptionError } from "../invalid-option.ts";
import type { Origin } from "../setting.ts";

/** Text, and where it came from. */
export interface TextSetting {
	readonly text: string;
	/** A default has no text. */
	readonly origin: Exclude<Origin, { readonly kind: "default" }>;
}

/** A variable that is set and not empty. */
export function textVariable(name: string, environment: Environment): TextSetting | undefined {
	const text = environment[name];
	return text === undefined || text === "" ? undefined : { text, origin: { kind: "variable", name } };
}

/** The text of an option, or else of a variable. */
export function optionOr(
	name: string,
	option: string | undefined,
	variable: () => TextSetting | undefined,
): TextSetting | undefined {
	return option === undefined ? variable() : { text: option, origin: { kind: "option", name } };
}

/**
 * Checks a text that was given.
 *
 * @throws EngineError `invalid_option` unless `expected` is undefined, which means that the text is valid.
 */
export function requireValid(setting: TextSetting, expected: string | undefined): void {
	if (expected === undefined) return;
	throw invalidOptionError(setting.origin.name, setting.text, expected, setting.origin.kind);
}
