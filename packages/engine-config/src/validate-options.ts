import { requireKnownOptions } from "@rivetkit/engine-core";
import { type Check, isRecord } from "./checks.ts";
import type { EngineOptions } from "./engine-options.ts";
import { invalidOptionError } from "./invalid-option.ts";
import { OPTION_TABLE } from "./option-table.ts";

/**
 * Checks that every option is known and of its type. What is undefined counts as not given.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function validateOptions(options: EngineOptions): void {
	checkOptions(options, OPTION_CHECKS);
}

/** The check of each option of a table. */
export function checksOf<Name extends string>(
	table: Readonly<Record<Name, { readonly check: Check }>>,
): Readonly<Record<Name, Check>> {
	const rows = Object.entries<{ readonly check: Check }>(table);
	return Object.fromEntries(rows.map(([name, { check }]) => [name, check])) as Record<Name, Check>;
}

const OPTION_CHECKS = checksOf(OPTION_TABLE);

/**
 * Checks that options are an object, before they are spread into another.
 *
 * @throws EngineError `invalid_option`
 */
export function requireObject(options: unknown): void {
	if (!isRecord(options)) throw invalidOptionError("options", options, "an object");
}

/** {@link validateOptions} by checks of one's own. */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>): void {
	requireKnownOptions(options, checks);
	for (const [name, value] of Object.entries(options)) {
		const check = checks[name];
		if (check === undefined || value === undefined) continue;
		const expected = check(value);
		if (expected !== undefined) throw invalidOptionError(name, value, expected);
	}
}
