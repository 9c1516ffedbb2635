import { EngineError, isRecord, requireKnownOptions } from "@rivetkit/engine-core";
import { type Check, variables } from "./checks.ts";
import type { EngineOptions } from "./engine-options.ts";
import { invalidOptionError } from "./invalid-option.ts";
import { OPTION_TABLE } from "./option-table.ts";

/**
 * Checks that every option is known and of its type. An undefined option counts as not given.
 *
 * @param others - The checks for options that a call accepts in addition to the engine options.
 * @throws EngineError `invalid_option`, naming the option.
 */
export function validateOptions(options: EngineOptions, others: Readonly<Record<string, Check>> = {}): void {
	checkOptions(options, { ...OPTION_CHECKS, ...others });
}

/** Returns the check of each option in a table. */
export function checksOf<Name extends string>(
	table: Readonly<Record<Name, { readonly check: Check }>>,
): Readonly<Record<Name, Check>> {
	const rows = Object.entries<{ readonly check: Check }>(table);
	return Object.fromEntries(rows.map(([name, { check }]) => [name, check])) as Record<Name, Check>;
}

const OPTION_CHECKS = checksOf(OPTION_TABLE);

/**
 * Checks that options are an object whose properties can be read, before they are copied.
 *
 * @throws EngineError `invalid_option`
 */
export function requireObject(options: unknown): void {
	if (!isRecord(options)) throw invalidOptionError("options", options, "an object");
	for (const name of Object.keys(options)) readable(name, () => options[name]);
}

/**
 * Checks the environment variables that a caller passes.
 *
 * @throws EngineError `invalid_option`
 */
export function requireEnvironment(environment: unknown): void {
	requireValid("environment", environment, variables);
}

/**
 * Does the same as {@link validateOptions}, but with the given checks only.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>): void {
	requireObject(options);
	requireKnownOptions(options, checks);
	const given: Readonly<Record<string, unknown>> = { ...options };
	for (const [name, check] of Object.entries(checks)) {
		if (given[name] !== undefined) requireValid(name, given[name], check);
	}
}

function requireValid(name: string, value: unknown, check: Check): void {
	const flaw = readable(name, () => {
		const expected = check(value);
		return expected === undefined ? undefined : invalidOptionError(name, value, expected);
	});
	if (flaw !== undefined) throw flaw;
}

/** Reads a value. A getter or a proxy may throw anything, which becomes the cause of the error. */
function readable<Value>(name: string, read: () => Value): Value {
	try {
		return read();
	} catch (cause) {
		throw new EngineError(
			"invalid_option",
			`Option '${name}' must be a value whose properties can be read.`,
			{
				metadata: { option: name },
				cause,
			},
		);
	}
}
