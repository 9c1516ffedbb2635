import type { FileHandle } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";

/** Where the output of an engine in the foreground goes. */
export interface EngineOutput {
	readonly stdout: Writable;
	readonly stderr: Writable;
}

/** What the copy of an output may take on the disk. A start logs some 4 KB; who wants all of it has the output. */
const COPY_LIMIT_BYTES = 1024 * 1024;

/**
 * Passes what an engine writes on, as fast as it is taken, and keeps a copy of the last of it in a file, from which
 * failures are explained. If nobody takes it any more the engine goes on: its output is read all the same.
 *
 * @param file - Closed at the end. When the copy becomes too long, it begins anew.
 */
export async function passOnOutput(source: Readable, file: FileHandle, target: Writable): Promise<void> {
	let copied = 0;
	// Writing to what nobody reads any more is told by an event, which without a listener ends the process.
	target.on("error", ignore);
	try {
		for await (const chunk of source as AsyncIterable<Buffer>) {
			if (copied + chunk.length > COPY_LIMIT_BYTES) {
				await file.truncate(0).catch(ignore);
				copied = 0;
			}
			copied += chunk.length;
			// A full disk must not stall the engine.
			await file.appendFile(chunk).catch(ignore);
			if (target.writable && !target.write(chunk)) await untilTaken(target);
		}
	} finally {
		target.off("error", ignore);
		await file.close().catch(ignore);
	}
}

function ignore(): void {}

async function untilTaken(target: Writable): Promise<void> {
	const ends = ["drain", "close", "error"] as const;
	await new Promise<void>((resolve) => {
		const done = (): void => {
			for (const end of ends) target.off(end, done);
			resolve();
		};
		for (const end of ends) target.on(end, done);
	});
}
