import { EngineError, requireKnownOptions } from "@rivetkit/engine-core";
import { type Check, isRecord, variables } from "./checks.ts";
import type { EngineOptions } from "./engine-options.ts";
import { invalidOptionError } from "./invalid-option.ts";
import { OPTION_TABLE } from "./option-table.ts";

/**
 * Checks that every option is known and of its type. An undefined option counts as not given.
 *
 * @param others - The checks of options that a call takes beside those of the engine.
 * @throws EngineError `invalid_option`, naming the option.
 */
export function validateOptions(options: EngineOptions, others: Readonly<Record<string, Check>> = {}): void {
	checkOptions(options, { ...OPTION_CHECKS, ...others });
}

/** Takes the check of each option from a table. */
export function checksOf<Name extends string>(
	table: Readonly<Record<Name, { readonly check: Check }>>,
): Readonly<Record<Name, Check>> {
	const rows = Object.entries<{ readonly check: Check }>(table);
	return Object.fromEntries(rows.map(([name, { check }]) => [name, check])) as Record<Name, Check>;
}

const OPTION_CHECKS = checksOf(OPTION_TABLE);

/**
 * Checks that options are an object whose properties can be read, before they are spread into another.
 *
 * @throws EngineError `invalid_option`
 */
export function requireObject(options: unknown): void {
	if (!isRecord(options)) throw invalidOptionError("options", options, "an object");
	for (const name of Object.keys(options)) readable(name, () => options[name]);
}

/**
 * Checks the variables by which a call goes.
 *
 * @throws EngineError `invalid_option`
 */
export function requireEnvironment(environment: unknown): void {
	requireValid("environment", environment, variables);
}

/**
 * Checks options as {@link validateOptions} does, by the given checks.
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

/** A getter or a proxy among the values may throw anything. */
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
