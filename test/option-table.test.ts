import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { flagsOf, OPTION_NAMES, OPTION_TABLE } from "../packages/engine-config/src/option-table.ts";
import { root } from "./support/workspace.ts";

// Seen to fail with an option, a variable and a flag taken out of the README's table in turn.

it.each(OPTION_NAMES)(
	"B7 the README of engine-manager tells of `%s`, its variables and its flags",
	async (name) => {
		const rows = await optionRows();
		const own = rows.findIndex(([options = ""]) => options.includes(`\`${name}\``));
		expect(own).not.toBe(-1);
		// A row that begins with "its" is about a part of the option before.
		const parts = rows.slice(own + 1).findIndex(([options = ""]) => !options.startsWith("its "));
		const told = rows.slice(own, own + 1 + Math.max(parts, 0));
		const variables = wordsOf(told.map(([, cell = ""]) => cell));
		const flags = wordsOf(told.map(([, , cell = ""]) => cell));
		const { variables: ofTable = [] } = OPTION_TABLE[name];
		expect(ofTable.filter((variable) => !names(variables, variable))).toEqual([]);
		const longFlags = flagsOf(name).map(({ flag }) => flag.split(" ")[0]?.replace("--no-", "--") ?? "");
		expect(
			longFlags.filter((flag) => !flags.map((word) => word.replace("[no-]", "")).includes(flag)),
		).toEqual([]);
	},
);

/** The cells of the rows of the options' table. */
async function optionRows(): Promise<readonly (readonly string[])[]> {
	const readme = await readFile(path.join(root, "packages/engine-manager/README.md"), "utf8");
	const section = readme.slice(readme.indexOf("## Options"));
	const lines = section.slice(0, section.indexOf("\n## ", 1)).split("\n");
	return lines
		.filter((line) => line.startsWith("|"))
		.map((line) =>
			line
				.split("|")
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
}

function wordsOf(cells: readonly string[]): readonly string[] {
	return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word));
}

/** True if a text has a variable in full, or the end of the variable after an ellipsis. */
function names(words: readonly string[], variable: string): boolean {
	return words.some(
		(word) => word === variable || (word.startsWith("…_") && variable.endsWith(word.slice(1))),
	);
}
