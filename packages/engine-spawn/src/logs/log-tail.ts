import { readLogEnd, requireOption } from "@rivetkit/engine-core";

/** The part of a log's end that is read, in bytes. */
const TAIL_BYTES = 16 * 1024;

/**
 * Reads the last lines of a log file that may explain an end, oldest first. The list is empty if the file cannot be
 * read.
 *
 * @param maxLines - @defaultValue 20
 * @throws EngineError `invalid_option`.
 */
export async function readLogTail(path: string, maxLines = 20): Promise<readonly string[]> {
	requireOption("path", typeof path === "string", "the path of a log file");
	requireOption("maxLines", Number.isInteger(maxLines) && maxLines > 0, "a number of lines from 1 on");
	try {
		// All lines in the log's end are read, because lines that explain nothing are left out afterwards.
		const { lines, rest } = await readLogEnd(path, Number.POSITIVE_INFINITY, { maxBytes: TAIL_BYTES });
		return lastLines([...lines, rest].join("\n"), maxLines);
	} catch {
		return [];
	}
}

/** Returns the last lines of a text, without colours and without the backtrace that follows a Rust error or panic. */
export function lastLines(text: string, maxLines: number): readonly string[] {
	const [meaningful = ""] = text.split(/^stack backtrace:$/im);
	const lines = meaningful
		.replace(ANSI_COLOUR, "")
		.split("\n")
		.map((line) => line.trimEnd());
	return lines.filter((line) => line !== "" && !ABOUT_BACKTRACES.test(line)).slice(-maxLines);
}

const ABOUT_BACKTRACES = /^note: .*`RUST_BACKTRACE=/;

const ANSI_COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
