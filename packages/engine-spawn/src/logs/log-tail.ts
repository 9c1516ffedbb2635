import { open } from "node:fs/promises";

/** How much of a log's end is read. */
const TAIL_BYTES = 16 * 1024;

/**
 * The last lines of a log file, oldest first. Empty if the file is missing or cannot be read.
 *
 * @param maxLines - @defaultValue 20
 */
export async function readLogTail(path: string, maxLines = 20): Promise<readonly string[]> {
	const file = await open(path).catch(() => undefined);
	if (file === undefined) return [];
	try {
		const { size } = await file.stat();
		const start = Math.max(0, size - TAIL_BYTES);
		const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
		return lastLines(buffer.subarray(0, bytesRead).toString("utf8"), maxLines);
	} catch {
		return [];
	} finally {
		await file.close();
	}
}

/** The last lines of a text, without colours and without the backtrace that follows a Rust error or panic, which says nothing. */
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
