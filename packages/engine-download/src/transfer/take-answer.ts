import { connectionFailure } from "../failure/connection-failure.ts";
import { tooLargeError } from "../failure/download-error.ts";
import { HTML_PAGE_HINT } from "../failure/html-page.ts";
import { retryAfterMs } from "../failure/retry-policy.ts";
import { statusVerdict } from "../failure/status-verdict.ts";
import { unexpectedStatus } from "../failure/unexpected-status.ts";
import type { HttpAnswer } from "../network/http-answer.ts";
import { type RangeAnswer, rangeAnswer, resumeValidator } from "./range-answer.ts";
import type { Receiver } from "./receiver.ts";
import type { RemoteFile } from "./remote-file.ts";
import type { TransferOptions } from "./transfer-options.ts";
import type { AttemptResult } from "./transfer-result.ts";

/**
 * Appends the body of an answer to the receiver, if the body is the requested one.
 *
 * @throws EngineError `too_large`; the errors of `requireRoom` and of the receiver; the signal's reason if aborted.
 */
export async function takeAnswer(
	answer: HttpAnswer & { readonly url: URL },
	file: RemoteFile,
	receiver: Receiver,
	options: TransferOptions,
): Promise<AttemptResult> {
	const { status, headers } = answer;
	const verdict = statusVerdict(status);
	if (verdict !== "read") {
		const text = unexpectedStatus(status);
		const isElsewhere = answer.url.href !== file.url.href;
		// The query is left out: it may contain a signature.
		const reason = isElsewhere ? `${text} from '${answer.url.origin}${answer.url.pathname}'` : text;
		const isFinal = verdict !== "retry";
		return {
			kind: "failed",
			isFinal,
			reason,
			status,
			retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()),
		};
	}
	const { validator, totalBytes } = file;
	const { maximumBytes, expects } = options;
	const decision = rangeAnswer(
		{ offset: receiver.sizeBytes, totalBytes, validator, maximumBytes, expects },
		{ status, headers },
	);
	switch (decision.kind) {
		case "complete":
			return { kind: "received" };
		case "restart-request":
			await startOver(file, receiver);
			return {
				kind: "failed",
				isFinal: false,
				reason: `unexpected status ${status}`,
				status,
				retriesAtOnce: true,
			};
		case "refused":
			return await refuse(decision, file, receiver, maximumBytes);
		case "restart":
			await receiver.restart();
			options.context.meter.beginAttempt(++file.starts, 0);
			break;
		case "append":
	}
	file.totalBytes = decision.totalBytes;
	file.validator = resumeValidator(headers);
	return await receiveBody(answer, file, receiver, options);
}

async function receiveBody(
	answer: HttpAnswer,
	file: RemoteFile,
	receiver: Receiver,
	{ client, context, maximumBytes, requireRoom }: TransferOptions,
): Promise<AttemptResult> {
	const { totalBytes } = file;
	if (totalBytes !== undefined) await requireRoom?.(totalBytes - receiver.sizeBytes);
	const limit = totalBytes ?? maximumBytes;
	const resumedFrom = receiver.sizeBytes;
	const body = answer.body[Symbol.asyncIterator]();
	for (;;) {
		const read = await nextChunk(body);
		context.signal.throwIfAborted();
		if (read.kind === "broken") return connectionFailure(read.error, client.proxyVariable(file.url));
		if (read.kind === "end") break;
		const { chunk } = read;
		if (receiver.sizeBytes + chunk.byteLength > limit) {
			// The resumed part may belong to another file. Then every attempt to continue would fail in the same way.
			if (resumedFrom > 0) return await discardResumed(file, receiver, limit);
			throw tooLargeError(file.url.origin + file.url.pathname, limit);
		}
		await receiver.append(chunk);
		context.meter.received(receiver.sizeBytes, totalBytes);
	}
	if (totalBytes === undefined || receiver.sizeBytes === totalBytes) return { kind: "received" };
	const reason = `the connection was closed after ${receiver.sizeBytes} of ${totalBytes} bytes`;
	return { kind: "failed", isFinal: false, reason };
}

type ReadChunk =
	| { readonly kind: "chunk"; readonly chunk: Uint8Array }
	| { readonly kind: "end" }
	| { readonly kind: "broken"; readonly error: unknown };

/** Reads the next chunk. A connection failure is returned, so that it is not confused with a disk error. */
async function nextChunk(body: AsyncIterator<Uint8Array>): Promise<ReadChunk> {
	try {
		const { done, value } = await body.next();
		return done === true ? { kind: "end" } : { kind: "chunk", chunk: value };
	} catch (error) {
		return { kind: "broken", error };
	}
}

async function discardResumed(file: RemoteFile, receiver: Receiver, limit: number): Promise<AttemptResult> {
	await startOver(file, receiver);
	return {
		kind: "failed",
		isFinal: false,
		reason: `the server sent more than the ${limit} bytes of the file`,
	};
}

async function refuse(
	{ flaw, reason }: Extract<RangeAnswer, { readonly kind: "refused" }>,
	file: RemoteFile,
	receiver: Receiver,
	maximumBytes: number,
): Promise<AttemptResult> {
	switch (flaw) {
		case "too-large":
			throw tooLargeError(file.url.origin + file.url.pathname, maximumBytes);
		case "range":
			await startOver(file, receiver);
			return { kind: "failed", isFinal: false, reason };
		case "html":
			return { kind: "failed", isFinal: true, reason, hint: HTML_PAGE_HINT };
		case "encoding":
		case "status":
			return { kind: "failed", isFinal: true, reason };
	}
}

/** Discards the received bytes and the facts about the file, so that the next request is for the whole file. */
async function startOver(file: RemoteFile, receiver: Receiver): Promise<void> {
	file.totalBytes = undefined;
	file.validator = undefined;
	await receiver.restart();
}
