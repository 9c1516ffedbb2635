import { isEngineError } from "@rivetkit/engine-core";
import type { FailedPlace } from "../failure/download-error.ts";
import type { FailedAttempt } from "../failure/failed-attempt.ts";
import { backoffMs } from "../failure/retry-policy.ts";
import type { ReleasePlace } from "../places/release-place.ts";
import { attempt } from "./attempt.ts";
import { copyFolderFile } from "./copy-folder-file.ts";
import type { Receiver } from "./receiver.ts";
import type { RemoteFile } from "./remote-file.ts";
import type { TransferOptions } from "./transfer-options.ts";
import type { PlaceResult } from "./transfer-result.ts";

/** A place is given up after this many attempts in a row without progress. */
const MAX_FRUITLESS_ATTEMPTS = 6;

/** A place that accepts connections but does not answer is given up after this many attempts in a row. */
const MAX_SILENT_ATTEMPTS = 2;

/** After this many new bytes, in one or several attempts, the count of attempts starts again: 1 MiB. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * Fetches a file from one place into the receiver. The transfer continues after the bytes that the receiver already has,
 * and is tried again as long as that makes sense.
 *
 * @throws As {@link attempt}, but `too_large` and `insecure_url` are returned here: the next place may have the file.
 */
export async function fetchPlace(
	place: ReleasePlace,
	receiver: Receiver,
	options: TransferOptions,
): Promise<PlaceResult> {
	if (place.kind === "folder") return await copyFolderFile(place.path, receiver, options);
	const { context } = options;
	const url = new URL(place.url);
	const file: RemoteFile = { url, validator: undefined, totalBytes: undefined, attempts: 0, starts: 0 };
	let fruitless = 0;
	let silent = 0;
	// Bytes that arrive again after a restart are no progress. Otherwise a place that always breaks off would never be given up.
	let countedBytes = receiver.sizeBytes;
	for (;;) {
		const result = await attempt(file, receiver, options).catch((error) => placeFailure(error));
		if (result.kind === "received") return result;
		const isFruitful = receiver.sizeBytes - countedBytes >= PROGRESS_BYTES;
		fruitless = isFruitful ? 0 : fruitless + 1;
		if (isFruitful) countedBytes = receiver.sizeBytes;
		silent = result.wasSilent ? silent + 1 : 0;
		const isHopeless = result.isFinal || fruitless >= MAX_FRUITLESS_ATTEMPTS || silent >= MAX_SILENT_ATTEMPTS;
		if (isHopeless) return { kind: "failed", failed: failedPlace(place, file, receiver, result) };
		const waitMs = result.retriesAtOnce === true ? 0 : chooseWaitMs(result, fruitless, context.random);
		context.logger.info(
			{
				url: withoutCredentials(url),
				attempt: file.attempts,
				reason: result.reason,
				wait_ms: Math.round(waitMs),
			},
			"the download is tried again",
		);
		await context.pause(waitMs, context.signal);
	}
}

/** Chooses the pause before the next attempt: the backoff, or more if the server asks for more. */
function chooseWaitMs({ retryAfterMs = 0 }: FailedAttempt, fruitless: number, random: () => number): number {
	return Math.max(retryAfterMs, backoffMs(fruitless, random));
}

/** Formats a place without credentials. */
export function shownPlace(place: ReleasePlace): string {
	return place.kind === "folder" ? place.path : withoutCredentials(new URL(place.url));
}

function withoutCredentials(url: URL): string {
	return url.origin + url.pathname + url.search;
}

/** Turns an error that this place has caused into a failed attempt; throws any other error. */
function placeFailure(error: unknown): FailedAttempt {
	if (!isEngineError(error, "too_large") && !isEngineError(error, "insecure_url")) throw error;
	return { kind: "failed", isFinal: true, reason: error.message, cause: error };
}

function failedPlace(
	place: ReleasePlace,
	{ attempts }: RemoteFile,
	{ sizeBytes }: Receiver,
	{ reason, status, hint, cause }: FailedAttempt,
): FailedPlace {
	const error = isEngineError(cause) ? cause : undefined;
	return { url: shownPlace(place), reason, status, hint, error, cause, attempts, receivedBytes: sizeBytes };
}
