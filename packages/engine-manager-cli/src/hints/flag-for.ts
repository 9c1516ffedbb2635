import { flagsOf, OPTION_NAMES } from "@rivetkit/engine-config";
import { Option } from "commander";
import { CALL_FLAGS, PART_FLAGS } from "./call-flags.ts";

/**
 * Returns the flag for an option or for a part of an option, such as `--bind-port`; undefined if there is no flag.
 *
 * @param value - The option's value as in the text, such as `"health"`. The returned flag then contains the value.
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

/** The preferred flag for an option with several flags. For `storage`: a file, because a URL may contain a password. */
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
