import type { TextOutput } from "../io.ts";

/** Prints rows below their headings, each column as wide as it needs to be. */
export function printColumns(
	output: TextOutput,
	headings: readonly string[],
	rows: readonly (readonly string[])[],
): void {
	const lines = [headings, ...rows];
	const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
	for (const line of lines) {
		const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
		output.write(`${cells.join("  ").trimEnd()}\n`);
	}
}
