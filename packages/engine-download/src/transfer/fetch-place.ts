import { isEngineError } from "@rivetkit/engine-core";
import type { FailedPlace } from "../failure/download-error.ts";
import { backoffMs } from "../failure/retry-policy.ts";
import type { HttpClient } from "../network/http-client.ts";
import type { ReleasePlace } from "../places/release-place.ts";
import type { TransferContext } from "../transfer-context.ts";
import { type AttemptResult, attempt, type RemoteFile } from "./attempt.ts";
import { copyFolderFile } from "./copy-folder-file.ts";
import type { Receiver } from "./receiver.ts";

/** What a transfer needs beside its place. */
export interface TransferOptions {
	readonly client: HttpClient;
	readonly context: TransferContext;
	/** The most that the file may have. */
	readonly maximumBytes: number;
	/** What the file should be, for errors. */
	readonly expects: "binary" | "text";
	/** Asked once the size is known; throws if there is no room for that much. */
	readonly requireRoom?: ((bytes: number) => Promise<void>) | undefined;
}

/** What came of one place. */
export type PlaceResult =
	| { readonly kind: "received" }
	| { readonly kind: "failed"; readonly failed: FailedPlace };

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
		const waitMs = result.isWorthOnceMore === true ? 0 : waitMsAfter(result, fruitless, context.random);
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
function waitMsAfter({ retryAfterMs = 0 }: Failure, fruitless: number, random: () => number): number {
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
function ownFailure(error: unknown): Failure {
	if (!isEngineError(error, "too_large") && !isEngineError(error, "insecure_url")) throw error;
	return { kind: "failed", isFinal: true, reason: error.message, cause: error };
}

type Failure = Extract<AttemptResult, { readonly kind: "failed" }>;

function failedPlace(
	place: ReleasePlace,
	{ attempts }: RemoteFile,
	{ sizeBytes }: Receiver,
	{ reason, status, hint, cause }: Failure,
): FailedPlace {
	const error = isEngineError(cause) ? cause : undefined;
	return { url: shownPlace(place), reason, status, hint, error, cause, attempts, receivedBytes: sizeBytes };
}
