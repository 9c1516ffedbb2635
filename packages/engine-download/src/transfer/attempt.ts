import { isEngineError } from "@rivetkit/engine-core";
import { connectionFailure } from "../failure/connection-failure.ts";
import { getFollowing } from "../network/follow-redirects.ts";
import type { TransferOptions } from "./fetch-place.ts";
import type { Receiver } from "./receiver.ts";
import { takeAnswer } from "./take-answer.ts";

/** What is known of a file at one URL from the answers so far. */
export interface RemoteFile {
	readonly url: URL;
	/** What tells that the file is still the one that was begun. */
	validator: string | undefined;
	totalBytes: number | undefined;
	/** How often it was asked for. */
	attempts: number;
	/** How often it was begun or gone on with, for progress: one answer may begin it anew. */
	begun: number;
}

/** What came of one attempt. */
export type AttemptResult =
	| { readonly kind: "received" }
	| {
			readonly kind: "failed";
			/** Whether asking this place again makes no sense. */
			readonly isFinal: boolean;
			readonly reason: string;
			readonly status?: number | undefined;
			/** How long the server wants to be left alone, in milliseconds. */
			readonly retryAfterMs?: number | undefined;
			/** Whether to ask again at once, as something else is asked for. */
			readonly isWorthOnceMore?: boolean;
			/** Whether it took a connection and let even the time for its first byte pass. */
			readonly wasSilent?: boolean;
			readonly hint?: string | undefined;
			readonly cause?: unknown;
	  };

/**
 * Asks for the rest of a file and appends it. Everything that a server or the network does is a result.
 *
 * @throws EngineError `too_large`, `insecure_url`; what `requireRoom` throws; the system's own error if the file
 * cannot be written; the signal's reason if aborted.
 */
export async function attempt(
	file: RemoteFile,
	receiver: Receiver,
	options: TransferOptions,
): Promise<AttemptResult> {
	const { client, context } = options;
	file.attempts++;
	context.meter.beginAttempt(++file.begun, receiver.sizeBytes);
	const asked = await getFollowing(client, file.url, requestHeaders(file, receiver), context).then(
		(answer) => ({ kind: "answered", answer }) as const,
		(error: unknown) => ({ kind: "unanswered", error }) as const,
	);
	context.signal.throwIfAborted();
	if (asked.kind === "unanswered") return unanswered(asked.error, client.proxyVariable(file.url));
	const { answer } = asked;
	try {
		return await takeAnswer(answer, file, receiver, options);
	} finally {
		answer.body.destroy();
	}
}

function unanswered(error: unknown, proxyVariable: string | undefined): AttemptResult {
	if (isEngineError(error, "download_failed")) {
		return { kind: "failed", isFinal: true, reason: String(error.metadata["reason"]), cause: error };
	}
	if (isEngineError(error)) throw error;
	return connectionFailure(error, proxyVariable);
}

function requestHeaders({ validator }: RemoteFile, { sizeBytes }: Receiver): Record<string, string> {
	const headers = { "accept-encoding": "identity" };
	if (sizeBytes === 0) return headers;
	const range = { ...headers, range: `bytes=${sizeBytes}-` };
	return validator === undefined ? range : { ...range, "if-range": validator };
}
