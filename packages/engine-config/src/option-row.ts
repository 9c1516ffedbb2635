import type { Check } from "./checks.ts";
import type { Setting } from "./setting.ts";

/** The facts about one option: its valid values, environment variables, default, and flags. */
export interface OptionRow<Value> {
	/** Checks a value from an option or an environment variable. */
	readonly check: Check;
	/** The option's environment variables; the first that is set is used. @defaultValue none */
	readonly variables?: readonly string[];
	/** Parses an environment variable; undefined if the text counts as not set. @defaultValue the text itself */
	readonly parse?: (text: string) => Value | undefined;
	/** Completes a value, for example makes a path absolute. @defaultValue the value itself */
	readonly complete?: (value: Value, workingDirectory: string) => Value;
	/** Returns the default, which may depend on other options. @defaultValue undefined */
	readonly fallback?: (inputs: DefaultInputs) => Value | undefined;
	/** The flags of the command-line tool. Libraries do not use them. @defaultValue none */
	readonly flags?: readonly OptionFlag[];
}

/** The facts on which defaults depend. */
export interface DefaultInputs {
	/** The folder from which relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
	/** True if the engine's data is in PostgreSQL. */
	readonly usesPostgres: boolean;
}

/** A flag of the command-line tool for an option, or for a part of an option. */
export interface OptionFlag {
	/** The flag with a placeholder for its value, such as `--bind-port <port>`. A flag without a placeholder is a switch. */
	readonly flag: string;
	/** The help text: plain words, the default and the unit if they exist, the environment variables in parentheses. */
	readonly help: string;
	/** The set to which the flag belongs. */
	readonly set: FlagSet;
	/** How the value of the flag is read. @defaultValue as text */
	readonly takes?: "number" | "list" | "content of a file" | undefined;
	/** The allowed values. @defaultValue all */
	readonly choices?: readonly string[] | undefined;
}

/** The sets of flags. A command has all flags of a set, or none. */
export type FlagSet =
	| "storage"
	| "target"
	| "releases"
	| "installed binary"
	| "binary"
	| "token"
	| "cluster"
	| "launch"
	| "start";

/** A row for each option of a group. */
export type OptionTable<Options> = {
	readonly [Name in keyof Options]-?: OptionRow<NonNullable<Options[Name]>>;
};

/** The settings for a group of options. The options in `AlwaysSet` always have a value, by their defaults. */
export type SettingsOf<Options, AlwaysSet extends keyof Options = never> = {
	readonly [Name in keyof Options]-?: Setting<
		NonNullable<Options[Name]> | (Name extends AlwaysSet ? never : undefined)
	>;
};
