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

/** How often a place is asked in a row without anything coming of it. */
const MOST_FRUITLESS = 6;

/** How often a place is asked that accepts connections and then says nothing at all. */
const MOST_SILENT = 2;

/** How much must come, in one attempt or several, for the attempts to be counted anew: 1 MiB. */
const FRUITFUL_BYTES = 1024 * 1024;

/**
 * Gives the receiver all of a file, going on where it ends and asking again as long as that makes sense.
 *
 * @throws As {@link attempt}.
 */
export async function fetchPlace(
	place: ReleasePlace,
	receiver: Receiver,
	options: TransferOptions,
): Promise<PlaceResult> {
	if (place.kind === "folder") return await copyFolderFile(place.path, receiver, options);
	const { context } = options;
	const url = new URL(place.url);
	const file: RemoteFile = { url, validator: undefined, totalBytes: undefined, attempts: 0, begun: 0 };
	let fruitless = 0;
	let silent = 0;
	// What comes again after a restart is no progress, or a place that is always cut off would never be given up.
	let counted = receiver.sizeBytes;
	for (;;) {
		const result = await attempt(file, receiver, options).catch((error) => ownFailure(error));
		if (result.kind === "received") return result;
		const isFruitful = receiver.sizeBytes - counted >= FRUITFUL_BYTES;
		fruitless = isFruitful ? 0 : fruitless + 1;
		if (isFruitful) counted = receiver.sizeBytes;
		silent = result.wasSilent ? silent + 1 : 0;
		const isHopeless = result.isFinal || fruitless >= MOST_FRUITLESS || silent >= MOST_SILENT;
		if (isHopeless) return { kind: "failed", failed: failedPlace(place, file, receiver, result) };
		const waitMs = result.retriesAtOnce === true ? 0 : waitMsAfter(result, fruitless, context.random);
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

/** What the server asks for, but no less than others would be spared. */
function waitMsAfter({ retryAfterMs = 0 }: FailedAttempt, fruitless: number, random: () => number): number {
	return Math.max(retryAfterMs, backoffMs(fruitless, random));
}

/** How a place is shown: never with credentials. */
export function shownPlace(place: ReleasePlace): string {
	return place.kind === "folder" ? place.path : withoutCredentials(new URL(place.url));
}

function withoutCredentials(url: URL): string {
	return url.origin + url.pathname + url.search;
}

/** A server that offers too much, or leads off to where it is not safe, is that place's failure. */
function ownFailure(error: unknown): FailedAttempt {
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
