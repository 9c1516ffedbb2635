import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { StringDecoder } from "node:string_decoder";
import {
	abortSignal,
	type Check,
	checkOptions,
	count,
	flag,
	invalidOptionError,
} from "@rivetkit/engine-config";
import { type FolderWatch, watchFolder } from "@rivetkit/engine-core";

/** The longest pause between two reads of a followed file, in milliseconds: not every change is noticed. */
const LOOK_GAP_MS = 200;

/** The size of one read. */
const CHUNK_BYTES = 64 * 1024;

/** How to follow a log. */
export interface FollowLogOptions {
	/** Ends following, after everything that was written before the abort is read. */
	readonly signal: AbortSignal;
	/** The position to begin at. @defaultValue 0 */
	readonly fromBytes?: number | undefined;
	/** True if following keeps the process alive. @defaultValue true */
	readonly keepsAlive?: boolean | undefined;
}

/**
 * Calls `onLine` for every line that is added to a log file, until aborted. Waits for a missing file.
 *
 * @throws EngineError `invalid_option`
 */
export async function followLog(
	file: string,
	onLine: (line: string) => void,
	options: FollowLogOptions,
): Promise<void> {
	checkOptions(options, CHECKS);
	const { signal, fromBytes = 0, keepsAlive = true } = options;
	if (signal === undefined) throw invalidOptionError("signal", signal, "an AbortSignal");
	using changes = watchFolder(path.dirname(file), (name) => name === path.basename(file), { keepsAlive });
	const handle = await openWhenThere(file, changes, signal);
	if (handle === undefined) return;
	try {
		const decoder = new StringDecoder("utf8");
		const buffer = Buffer.alloc(CHUNK_BYTES);
		let position = fromBytes;
		let rest = "";
		for (;;) {
			// Checked before the read: a line that was written before the abort is then not missed.
			const isLast = signal.aborted;
			for (;;) {
				const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
				if (bytesRead === 0) break;
				position += bytesRead;
				const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split("\n");
				rest = lines.pop() ?? "";
				for (const line of lines) onLine(line);
			}
			if (isLast) break;
			await changes.next(LOOK_GAP_MS, signal).catch(() => {});
		}
		if (rest !== "") onLine(rest);
	} finally {
		await handle.close();
	}
}

const CHECKS: { readonly [Name in keyof Required<FollowLogOptions>]: Check } = {
	signal: abortSignal,
	fromBytes: count,
	keepsAlive: flag,
};

async function openWhenThere(
	file: string,
	changes: FolderWatch,
	signal: AbortSignal,
): Promise<FileHandle | undefined> {
	for (;;) {
		const isLast = signal.aborted;
		const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "ENOENT") throw error;
		});
		if (handle !== undefined || isLast) return handle ?? undefined;
		await changes.next(LOOK_GAP_MS, signal).catch(() => {});
	}
}
