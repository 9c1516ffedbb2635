import {
	type EngineOptions,
	type FlagSet,
	flagsOf,
	OPTION_NAMES,
	type OptionFlag,
} from "@rivetkit/engine-config";
import { type Command, Option } from "commander";
import { contentOf } from "./content-of.ts";
import { wholeNumber } from "./numbers.ts";

/** Adds the flags of a set, in the order of the options' table. */
export function withFlags(command: Command, set: FlagSet): Command {
	return OPTION_NAMES.flatMap(flagsOf)
		.filter((flag) => flag.set === set)
		.reduce((extended, flag) => extended.addOption(commandOption(flag)), command);
}

/** Adds the flags of some options. */
export function withFlagsOf(command: Command, names: readonly (keyof EngineOptions)[]): Command {
	return names.flatMap(flagsOf).reduce((extended, flag) => extended.addOption(commandOption(flag)), command);
}

/** Reads the options with a single flag (besides a flag that turns the option off) from commander's values. */
export function flaggedOptions(flags: object): EngineOptions {
	const values: Readonly<Record<string, unknown>> = { ...flags };
	const entries = OPTION_NAMES.flatMap((name) => {
		const attributes = new Set(flagsOf(name).map(attributeOf));
		const [attribute] = attributes;
		return attribute === undefined || attributes.size > 1 ? [] : [[name, values[attribute]] as const];
	});
	return Object.fromEntries(entries);
}

/**
 * Returns the flag for an option, such as `--bind-port`.
 *
 * @param part - The part of the option, if each of its parts has a flag.
 */
export function longFlag(option: string, part: string): string | undefined {
	const name = OPTION_NAMES.find((known) => known === option);
	const flags = name === undefined ? [] : flagsOf(name);
	const flag = flags.find((one) => attributeOf(one) === part) ?? flags[0];
	return flag && new Option(flag.flag).long;
}

function attributeOf({ flag }: OptionFlag): string {
	return new Option(flag).attributeName();
}

function commandOption({ flag, help, takes, choices }: OptionFlag): Option {
	const option = new Option(flag, help);
	if (choices !== undefined) return option.choices(choices);
	switch (takes) {
		case undefined:
			return option;
		case "number":
			return option.argParser(wholeNumber);
		case "content of a file":
			return option.argParser(contentOf);
		case "list":
			return option.argParser((value: string, previous: readonly string[] | undefined) => [
				...(previous ?? []),
				value,
			]);
	}
}
