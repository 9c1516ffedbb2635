import { requireKnownOptions } from "@rivetkit/engine-core";
import { invalidOptionError } from "./invalid-option.ts";
import type { OptionCheck } from "./option-checks.ts";

/** The check of each option of a function. */
export type OptionChecks<Options> = Readonly<Record<keyof Options, OptionCheck>>;

/**
 * Checks that options are an object, that every name in it is known, and that every value is valid.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireOptions<Options>(options: unknown, checks: OptionChecks<Options>): void {
	requireKnownOptions(options, checks);
	const given: Readonly<Record<string, unknown>> = { ...options };
	for (const [name, check] of Object.entries<OptionCheck>(checks)) requireOption(name, given[name], check);
}

/**
 * Checks one option, or an argument that is not in an options object.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireOption(name: string, value: unknown, check: OptionCheck): void {
	const expected = check(value);
	if (expected !== undefined) throw invalidOptionError(name, `must be ${expected}${notThis(value)}`);
}

/** Describes a wrong value for an error text. Strings and objects are not shown: they may contain secrets. */
function notThis(value: unknown): string {
	switch (typeof value) {
		case "string":
			return "";
		case "object":
			if (value === null) return ", not null";
			return Array.isArray(value) ? ", not a list" : ", not an object";
		case "undefined":
			return ", not undefined";
		default:
			return `, not a ${typeof value}`;
	}
}
