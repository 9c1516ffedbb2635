import type { Check } from "./checks.ts";
import type { Setting } from "./setting.ts";

/** The facts about one option: its valid values, its variables, its default, and its flags. */
export interface OptionRow<Value> {
	/** Checks a value, given as an option or by a variable. */
	readonly check: Check;
	/** The variables of the option; the first that is set counts. @defaultValue none */
	readonly variables?: readonly string[];
	/** Reads the text of a variable; undefined if the text counts as not set. @defaultValue the text itself */
	readonly parse?: (text: string) => Value | undefined;
	/** Completes a value, such as a relative path. @defaultValue the value itself */
	readonly complete?: (value: Value, workingDirectory: string) => Value;
	/** Gives the default, which may depend on other options. @defaultValue undefined */
	readonly fallback?: (circumstances: Circumstances) => Value | undefined;
	/** The flags of the command-line tool. Libraries do not use them. @defaultValue none */
	readonly flags?: readonly OptionFlag[];
}

/** The facts that defaults depend on. */
export interface Circumstances {
	/** The folder from which relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
	/** True if the engine's data is in PostgreSQL. */
	readonly usesPostgres: boolean;
}

/** A flag of the command-line tool for an option, or for a part of an option. */
export interface OptionFlag {
	/** The flag with the name of its value, such as `--bind-port <port>`. A flag without such a name is on or off. */
	readonly flag: string;
	/** The text of the help: plain words, the default and unit if there are any, the variables in parentheses. */
	readonly help: string;
	/** The set to which the flag belongs. */
	readonly set: FlagSet;
	/** The way in which its text is read. @defaultValue as text */
	readonly takes?: "number" | "list" | "content of a file" | undefined;
	/** The values that it takes. @defaultValue all */
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

/** The rows of the options of a group. */
export type OptionTable<Options> = {
	readonly [Name in keyof Options]-?: OptionRow<NonNullable<Options[Name]>>;
};

/** The settings of a group of options. The settings named by `Settled` always have a value. */
export type SettingsOf<Options, Settled extends keyof Options = never> = {
	readonly [Name in keyof Options]-?: Setting<
		NonNullable<Options[Name]> | (Name extends Settled ? never : undefined)
	>;
};
