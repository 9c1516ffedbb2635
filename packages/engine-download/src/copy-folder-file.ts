import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { tooLarge } from "./download-error.ts";
import type { PlaceResult, TransferOptions } from "./fetch-place.ts";
import type { Receiver } from "./receiver.ts";

/**
 * Gives the receiver all of a file in a folder, for machines without a network.
 *
 * @throws EngineError `too_large`; what `requireRoom` throws; the signal's reason if aborted.
 */
export async function copyFolderFile(
	file: string,
	receiver: Receiver,
	{ context, maximumBytes, requireRoom }: Omit<TransferOptions, "client" | "expects">,
): Promise<PlaceResult> {
	const { meter, signal } = context;
	await receiver.restart();
	meter.beginAttempt(1, 0);
	try {
		const { size } = await stat(file);
		if (size > maximumBytes) throw tooLarge(file, maximumBytes);
		await requireRoom?.(size);
		for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
			await receiver.append(chunk);
			meter.received(receiver.sizeBytes, size);
		}
		return { kind: "received" };
	} catch (error) {
		signal.throwIfAborted();
		const { code, syscall, path: place, message } = error as NodeJS.ErrnoException;
		const isOfSource = code !== undefined && syscall !== undefined && (place === file || syscall === "read");
		if (!isOfSource) throw error;
		const status = code === "ENOENT" ? 404 : undefined;
		const reason = code === "ENOENT" ? "there is no such file" : message;
		return {
			kind: "failed",
			failed: { url: file, reason, status, attempts: 1, receivedBytes: receiver.sizeBytes, cause: error },
		};
	}
}
