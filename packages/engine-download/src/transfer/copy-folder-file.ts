import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type FailedPlace, tooLargeError } from "../failure/download-error.ts";
import type { Receiver } from "./receiver.ts";
import type { TransferOptions } from "./transfer-options.ts";
import type { PlaceResult } from "./transfer-result.ts";

/**
 * Copies a file from a folder to the receiver, for machines without a network. If the file is missing or cannot be read,
 * that is returned, not thrown.
 *
 * @throws The errors of `requireRoom` and of the receiver; the signal's reason if aborted.
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
		const stats = await stat(file);
		if (!stats.isFile()) return failedIn(file, receiver, { reason: "it is not a regular file" });
		const { size } = stats;
		if (size > maximumBytes) return tooLargeIn(file, receiver, maximumBytes);
		await requireRoom?.(size);
		for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
			if (receiver.sizeBytes + chunk.byteLength > maximumBytes) {
				return tooLargeIn(file, receiver, maximumBytes);
			}
			await receiver.append(chunk);
			meter.received(receiver.sizeBytes, size);
		}
		return { kind: "received" };
	} catch (error) {
		signal.throwIfAborted();
		const { code, syscall, path: failedPath, message } = error as NodeJS.ErrnoException;
		// Errors of the receiver have another path or another system call.
		const isOfSource =
			code !== undefined && syscall !== undefined && (failedPath === file || syscall === "read");
		if (!isOfSource) throw error;
		const isMissing = code === "ENOENT";
		return failedIn(file, receiver, {
			reason: isMissing ? "there is no such file" : message,
			status: isMissing ? 404 : undefined,
			cause: error,
		});
	}
}

function tooLargeIn(file: string, receiver: Receiver, maximumBytes: number): PlaceResult {
	const error = tooLargeError(file, maximumBytes);
	return failedIn(file, receiver, { reason: error.message, error });
}

function failedIn(
	file: string,
	{ sizeBytes }: Receiver,
	failure: Pick<FailedPlace, "reason" | "status" | "error" | "cause">,
): PlaceResult {
	return { kind: "failed", failed: { url: file, attempts: 1, receivedBytes: sizeBytes, ...failure } };
}
