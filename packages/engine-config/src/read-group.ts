import type { Environment } from "@rivetkit/engine-core";
import { invalidOptionError } from "./invalid-option.ts";
import type { Circumstances, OptionRow, OptionTable, SettingsOf } from "./option-row.ts";
import { DEFAULT_ORIGIN, type Setting } from "./setting.ts";

/** The sources of the values of a group. The caller has checked the options. */
export interface Sources<Options> extends Circumstances {
	readonly options: Options;
	readonly environment: Environment;
}

/**
 * Reads every option of a table: the option itself, else its first variable that is set and not empty, else the default.
 *
 * @throws EngineError `invalid_option` for a variable that cannot be used, naming it.
 */
export function readGroup<Options extends object, Settled extends keyof Options = never>(
	table: OptionTable<Options>,
	sources: Sources<Options>,
): SettingsOf<Options, Settled> {
	const names = Object.keys(table) as (keyof Options & string)[];
	return Object.fromEntries(
		names.map((name) => [name, readOption(name, table[name], sources)]),
	) as SettingsOf<Options, Settled>;
}

/**
 * Reads one option of a table.
 *
 * @throws EngineError as {@link readGroup}.
 */
export function readOption<Options extends object, Name extends keyof Options & string>(
	name: Name,
	row: OptionRow<NonNullable<Options[Name]>>,
	sources: Sources<Options>,
): Setting<NonNullable<Options[Name]> | undefined> {
	const { options, environment, workingDirectory } = sources;
	const { complete = (value) => value } = row;
	const option = options[name];
	if (option !== undefined && option !== null) {
		return { value: complete(option, workingDirectory), origin: { kind: "option", name } };
	}
	for (const variable of row.variables ?? []) {
		const value = readVariable(variable, row, environment);
		if (value !== undefined)
			return { value: complete(value, workingDirectory), origin: { kind: "variable", name: variable } };
	}
	return { value: row.fallback?.(sources), origin: DEFAULT_ORIGIN };
}

function readVariable<Value>(
	variable: string,
	{ check, parse = (text) => text as Value }: OptionRow<Value>,
	environment: Environment,
): Value | undefined {
	const text = environment[variable];
	const value = text === undefined || text === "" ? undefined : parse(text);
	const expected = value === undefined ? undefined : check(value);
	if (expected !== undefined) throw invalidOptionError(variable, text, expected, "variable");
	return value;
}

/** True if the text of a variable turns something on. */
export function isYes(text: string): boolean {
	return ["1", "true", "yes"].includes(text.toLowerCase());
}
