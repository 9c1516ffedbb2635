import { isEngineError } from "@rivetkit/engine-core";
import { connectionFailure } from "../failure/connection-failure.ts";
import { getFollowing } from "../network/follow-redirects.ts";
import type { Receiver } from "./receiver.ts";
import type { RemoteFile } from "./remote-file.ts";
import { takeAnswer } from "./take-answer.ts";
import type { TransferOptions } from "./transfer-options.ts";
import type { AttemptResult } from "./transfer-result.ts";

/**
 * Requests the rest of a file, and appends it to the receiver. If the server or the network fails, that is returned, not
 * thrown.
 *
 * @throws EngineError `too_large`, `insecure_url`; the errors of `requireRoom` and of the receiver; the signal's reason if
 * aborted.
 */
export async function attempt(
	file: RemoteFile,
	receiver: Receiver,
	options: TransferOptions,
): Promise<AttemptResult> {
	const { client, context } = options;
	file.attempts++;
	context.meter.beginAttempt(++file.starts, receiver.sizeBytes);
	const outcome = await getFollowing(client, file.url, requestHeaders(file, receiver), context).then(
		(answer) => ({ kind: "answered", answer }) as const,
		(error: unknown) => ({ kind: "unanswered", error }) as const,
	);
	context.signal.throwIfAborted();
	if (outcome.kind === "unanswered") return failedRequest(outcome.error, client.proxyVariable(file.url));
	const { answer } = outcome;
	try {
		return await takeAnswer(answer, file, receiver, options);
	} finally {
		answer.body.destroy();
	}
}

function failedRequest(error: unknown, proxyVariable: string | undefined): AttemptResult {
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
