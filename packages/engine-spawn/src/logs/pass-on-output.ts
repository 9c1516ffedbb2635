import type { FileHandle } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";

/** The streams that get the output of an engine in the foreground. */
export interface EngineOutput {
	readonly stdout: Writable;
	readonly stderr: Writable;
}

/**
 * The size of the copy of an output on the disk. A start logs some 4 KB. The whole output has gone to the target
 * stream.
 */
const COPY_LIMIT_BYTES = 1024 * 1024;

/**
 * Passes the output of an engine on, as fast as its reader takes it, and keeps a copy of the end in a file, from
 * which failures are explained. The output is still read after its reader is gone, so that the engine does not stall.
 *
 * @param file - The file for the copy. It is emptied when it becomes too long, and closed at the end.
 */
export async function passOnOutput(source: Readable, file: FileHandle, target: Writable): Promise<void> {
	let copied = 0;
	// A write to a stream without a reader causes an error event, which would end this process if nobody listened to it.
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
