import type { Check } from "./checks.ts";
import type { Setting } from "./setting.ts";

/** Everything about one option: what it may be, which variables say it, its default, and its flags. */
export interface OptionRow<Value> {
	/** What it must be, given as an option or by a variable. */
	readonly check: Check;
	/** The variables that say it; the first that is set counts. @defaultValue none */
	readonly variables?: readonly string[];
	/** Reads a variable's text; undefined where it says nothing. @defaultValue the text as it is */
	readonly parse?: (text: string) => Value | undefined;
	/** Completes what was given, such as a relative path. @defaultValue it stays as it is */
	readonly complete?: (value: Value, workingDirectory: string) => Value;
	/** The default, which may depend on other options. @defaultValue undefined */
	readonly fallback?: (circumstances: Circumstances) => Value | undefined;
	/** The flags of a command line. The libraries do nothing with them. @defaultValue none */
	readonly flags?: readonly OptionFlag[];
}

/** What defaults depend on. */
export interface Circumstances {
	/** From where relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
	/** Whether the engine's data is in PostgreSQL. */
	readonly usesPostgres: boolean;
}

/** A flag of a command line for an option, or for a part of one. */
export interface OptionFlag {
	/** With its value's name, such as `--bind-port <port>`. Without one it is on or off. */
	readonly flag: string;
	readonly help: string;
	/** Which commands have it. */
	readonly set: FlagSet;
	/** How its text is read. @defaultValue as text */
	readonly takes?: "number" | "list" | "content of a file" | undefined;
	readonly choices?: readonly string[] | undefined;
}

/** Flags that commands have together: each set is for what its name says. */
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

/** What options, variables and defaults say of a group; those that are `Settled` have a default. */
export type SettingsOf<Options, Settled extends keyof Options = never> = {
	readonly [Name in keyof Options]-?: Setting<
		NonNullable<Options[Name]> | (Name extends Settled ? never : undefined)
	>;
};
