import { COMMANDS } from "./call-flags.ts";
import { flagFor } from "./flag-for.ts";

/**
 * Adds this tool's flags and commands to a text from the libraries. Such a text only names options and functions, in
 * backticks: "`bindPort`" becomes "`bindPort` (`--bind-port`)". If the text already names the flag, nothing is added.
 */
export function addFlags(text: string): string {
	const added = new Set<string>();
	return text.replaceAll(MENTION, (whole: string, ...rest: readonly unknown[]) => {
		const { call, argument, options, option, value, opening } = rest.at(-1) as Mention;
		const at = Number(rest.at(-3));
		const addition =
			call === undefined ? option && flagFor(option, value) : commandFor(call, argument ?? options);
		if (addition === undefined || added.has(addition) || text.includes(`\`${addition}\``)) return whole;
		if (opening !== undefined && TOOL.test(text.slice(at + whole.length))) return whole;
		added.add(addition);
		// If a parenthesis follows, for example with a variable, the flag is put into that parenthesis.
		if (opening !== undefined) return `${whole}\`${addition}\`, `;
		return isInParenthesis(text.slice(0, at)) ? `${whole}, \`${addition}\`` : `${whole} (\`${addition}\`)`;
	});
}

/** An option with or without its value, or a function with or without its options. */
const MENTION: RegExp = new RegExp(
	"`(?:" +
		`(?<call>${Object.keys(COMMANDS).join("|")})(?:\\(\\{ (?<argument>[^\`]*) \\}\\))?\`(?: with (?<options>\`\\w+: [^\`]+\`))?` +
		"|(?<option>[a-z]\\w*(?:\\.\\w+)?)(?:: (?<value>[^`]+))?`" +
		")(?<opening> \\((?=`))?",
	"g",
);

type Mention = {
	readonly [Part in "call" | "argument" | "options" | "option" | "value" | "opening"]?: string;
};

/** The beginning of a parenthesis that names a flag or a command already. */
const TOOL = /^`(?:--|rivet-enginectl )/;

function commandFor(call: string, options: string | undefined): string | undefined {
	const [, option, value] = /(\w+): ([^`]+)/.exec(options ?? "") ?? [];
	const flag = option === undefined ? undefined : flagFor(option, value);
	return ["rivet-enginectl", COMMANDS[call], ...(flag === undefined ? [] : [flag])].join(" ");
}

function isInParenthesis(before: string): boolean {
	return before.split("(").length > before.split(")").length;
}
