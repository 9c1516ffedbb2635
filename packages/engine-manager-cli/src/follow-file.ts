import { type FileHandle, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks at a file that is followed, in milliseconds. */
const LOOK_GAP_MS = 200;

/** How much of a file is held at a time. */
const CHUNK_BYTES = 64 * 1024;

/** The last lines of a file, and where it ended then. A missing file has none. */
export async function readLastLines(
	path: string,
	count: number,
): Promise<{ readonly lines: readonly string[]; readonly endBytes: number }> {
	const file = await open(path).catch(() => undefined);
	if (file === undefined) return { lines: [], endBytes: 0 };
	try {
		const { size } = await file.stat();
		let start = size;
		let text = Buffer.alloc(0);
		// One more line break than lines, since the text ends with one.
		while (start > 0 && count > 0 && text.filter((byte) => byte === 10).length <= count) {
			const length = Math.min(CHUNK_BYTES, start);
			start -= length;
			const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
			text = Buffer.concat([buffer, text]);
		}
		const complete = text.subarray(0, text.lastIndexOf(10) + 1);
		const lines = complete.toString("utf8").split("\n").slice(0, -1);
		return { lines: count > 0 ? lines.slice(-count) : [], endBytes: size - (text.length - complete.length) };
	} finally {
		await file.close();
	}
}

/** Gives every line that is added to a file from a position on, until aborted. A missing file is waited for. */
export async function followFile(
	path: string,
	fromBytes: number,
	onLine: (line: string) => void,
	signal: AbortSignal,
): Promise<void> {
	const file = await openWhenThere(path, signal);
	if (file === undefined) return;
	try {
		const decoder = new StringDecoder("utf8");
		const buffer = Buffer.alloc(CHUNK_BYTES);
		let position = fromBytes;
		let rest = "";
		while (!signal.aborted) {
			const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
			position += bytesRead;
			const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) onLine(line);
			if (bytesRead === 0) await sleep(LOOK_GAP_MS, undefined, { signal }).catch(() => {});
		}
	} finally {
		await file.close();
	}
}

async function openWhenThere(path: string, signal: AbortSignal): Promise<FileHandle | undefined> {
	while (!signal.aborted) {
		const file = await open(path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "ENOENT") throw error;
		});
		if (file !== undefined) return file;
		await sleep(LOOK_GAP_MS, undefined, { signal }).catch(() => {});
	}
	return undefined;
}
