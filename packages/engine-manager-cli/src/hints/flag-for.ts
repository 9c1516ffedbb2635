import { flagsOf, OPTION_NAMES } from "@rivetkit/engine-config";
import { Option } from "commander";
import { CALL_FLAGS, PART_FLAGS } from "./call-flags.ts";

/**
 * Names the flag for an option or a part of one, such as `--bind-port`; undefined if there is none.
 *
 * @param value - The option's value as a text shows it, such as `"health"`: the flag then has that value, too.
 */
export function flagFor(option: string, value?: string): string | undefined {
	const flags = flagsFor(option);
	const on = flags.filter(({ negate }) => !negate);
	const chosen = on.find(({ long }) => long === PREFERRED[option]) ?? on[0];
	if (chosen === undefined || value === undefined || value === "true") return chosen?.long;
	if (value === "false") return flags.find(({ negate }) => negate)?.long;
	const [, plain] = /^"?([\w.:/@-]+)"?$/.exec(value) ?? [];
	const takesValue = chosen.required && !chosen.long.endsWith("-file");
	return plain !== undefined && takesValue ? `${chosen.long} ${plain}` : chosen.long;
}

/** Flags that are named for an option which has several. A URL with a password has to be in a file. */
const PREFERRED: Readonly<Record<string, string>> = { storage: "--postgres-url-file" };

interface LongFlag {
	readonly long: string;
	/** True if the flag takes a value. */
	readonly required: boolean;
	/** True if the flag turns its option off. */
	readonly negate: boolean;
}

function flagsFor(option: string): readonly LongFlag[] {
	const name = OPTION_NAMES.find((known) => known === option);
	const ofTable = name === undefined ? [] : flagsOf(name).map(({ flag }) => flag);
	const others = [CALL_FLAGS, PART_FLAGS].flatMap((flags) =>
		Object.hasOwn(flags, option) ? (flags[option] ?? []) : [],
	);
	return [...ofTable, ...others].flatMap((flag) => {
		const { long, required, negate } = new Option(flag);
		return long === undefined ? [] : [{ long, required, negate }];
	});
}
