import type { Environment } from "@rivetkit/engine-core";
import { invalidOptionError } from "./invalid-option.ts";
import type { DefaultInputs, OptionRow, OptionTable, SettingsOf } from "./option-row.ts";
import { DEFAULT_ORIGIN, type Setting } from "./setting.ts";

/** The sources for the values of a group of options. The options must be validated before. */
export interface Sources<Options> extends DefaultInputs {
	readonly options: Options;
	readonly environment: Environment;
}

/**
 * Finds the value of every option of a table: the option itself, else its first environment variable that is set and not
 * empty, else the default.
 *
 * @throws EngineError `invalid_option`, naming the variable, for an unusable environment variable.
 */
export function readGroup<Options extends object, AlwaysSet extends keyof Options = never>(
	table: OptionTable<Options>,
	sources: Sources<Options>,
): SettingsOf<Options, AlwaysSet> {
	const names = Object.keys(table) as (keyof Options & string)[];
	return Object.fromEntries(
		names.map((name) => [name, readOption(name, table[name], sources)]),
	) as SettingsOf<Options, AlwaysSet>;
}

/**
 * Finds the value of one option of a table.
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

/** True if the text of an environment variable means yes. */
export function isYes(text: string): boolean {
	return ["1", "true", "yes"].includes(text.toLowerCase());
}
