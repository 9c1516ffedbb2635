import { open } from "node:fs/promises";
import { requireKnownOptions } from "../known-options.ts";

/** Size of one read. */
const CHUNK_BYTES = 64 * 1024;

/** The end of a log file. */
export interface LogEnd {
	/** Oldest first. */
	readonly lines: readonly string[];
	/** The position in the file at which the last of these lines ends. */
	readonly endBytes: number;
	/** The text after that position: the start of a line that is not complete. */
	readonly rest: string;
}

/** How to read the end of a log file. */
export interface LogEndOptions {
	/** The most bytes to read from the end of the file. A line that starts earlier is cut off. @defaultValue unlimited */
	readonly maxBytes?: number | undefined;
}

const LOG_END_OPTIONS: Readonly<Record<keyof LogEndOptions, true>> = { maxBytes: true };

/**
 * Reads the last lines of a log file. A missing file has no lines.
 *
 * @throws EngineError `invalid_option` for an unknown option.
 */
export async function readLogEnd(path: string, count: number, options: LogEndOptions = {}): Promise<LogEnd> {
	requireKnownOptions(options, LOG_END_OPTIONS);
	const { maxBytes = Number.POSITIVE_INFINITY } = options;
	const file = await open(path).catch(() => undefined);
	if (file === undefined) return { lines: [], endBytes: 0, rest: "" };
	try {
		const { size } = await file.stat();
		const first = Math.max(0, size - maxBytes);
		let start = size;
		let text = Buffer.alloc(0);
		// A line break more than wanted lines shows that the first wanted line is complete.
		while (start > first && count > 0 && text.filter((byte) => byte === 10).length <= count) {
			const length = Math.min(CHUNK_BYTES, start - first);
			start -= length;
			const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
			text = Buffer.concat([buffer, text]);
		}
		const complete = text.subarray(0, text.lastIndexOf(10) + 1);
		const lines = complete.toString("utf8").split("\n").slice(0, -1);
		const rest = text.subarray(complete.length);
		return {
			lines: count > 0 ? lines.slice(-count) : [],
			endBytes: size - rest.length,
			rest: rest.toString("utf8"),
		};
	} finally {
		await file.close();
	}
}
