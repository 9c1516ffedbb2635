import { STATUS_CODES } from "node:http";
import { isEngineError } from "@rivetkit/engine-core";
import { connectionCode, connectionVerdict, proxyRefusalStatus, tlsHint } from "./connection-verdict.ts";
import { tooLarge } from "./download-error.ts";
import type { TransferOptions } from "./fetch-place.ts";
import { getFollowing } from "./follow-redirects.ts";
import { HTML_PAGE_HINT } from "./html-page.ts";
import type { HttpAnswer } from "./http-client.ts";
import { type RangeAnswer, rangeAnswer, resumeValidator } from "./range-answer.ts";
import type { Receiver } from "./receiver.ts";
import { retryAfterMs } from "./retry-policy.ts";
import { statusVerdict } from "./status-verdict.ts";

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
	try {
		const answer = await getFollowing(client, file.url, requestHeaders(file, receiver), context);
		try {
			return await take(answer, file, receiver, options);
		} finally {
			answer.body.destroy();
		}
	} catch (error) {
		context.signal.throwIfAborted();
		if (isEngineError(error, "download_failed")) {
			return { kind: "failed", isFinal: true, reason: String(error.metadata["reason"]), cause: error };
		}
		return connectionFailure(error);
	}
}

function requestHeaders({ validator }: RemoteFile, { sizeBytes }: Receiver): Record<string, string> {
	const headers = { "accept-encoding": "identity" };
	if (sizeBytes === 0) return headers;
	const range = { ...headers, range: `bytes=${sizeBytes}-` };
	return validator === undefined ? range : { ...range, "if-range": validator };
}

async function take(
	answer: HttpAnswer,
	file: RemoteFile,
	receiver: Receiver,
	options: TransferOptions,
): Promise<AttemptResult> {
	const { status, headers } = answer;
	const verdict = statusVerdict(status);
	if (verdict === "retry" || verdict === "redirect" || verdict === "next-mirror") {
		const reason = `unexpected status ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
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
			await forget(file, receiver);
			return {
				kind: "failed",
				isFinal: false,
				reason: `unexpected status ${status}`,
				status,
				retryAfterMs: 0,
			};
		case "refused":
			return await refuse(decision, file, receiver, maximumBytes);
		case "restart":
			await receiver.restart();
			options.context.meter.beginAttempt(++file.begun, 0);
			break;
		case "append":
	}
	file.totalBytes = decision.totalBytes;
	file.validator = resumeValidator(headers);
	return await receive(answer, file, receiver, options);
}

async function receive(
	answer: HttpAnswer,
	file: RemoteFile,
	receiver: Receiver,
	{ context, maximumBytes, requireRoom }: TransferOptions,
): Promise<AttemptResult> {
	const { totalBytes } = file;
	if (totalBytes !== undefined) await requireRoom?.(totalBytes - receiver.sizeBytes);
	const limit = totalBytes ?? maximumBytes;
	const resumedFrom = receiver.sizeBytes;
	for await (const chunk of answer.body) {
		if (receiver.sizeBytes + chunk.byteLength > limit) {
			// What was resumed may be too long already, as the beginning of another file; it would be each time.
			if (resumedFrom > 0) return await beginAnew(file, receiver, limit);
			throw tooLarge(file.url.origin + file.url.pathname, limit);
		}
		await receiver.append(chunk);
		context.meter.received(receiver.sizeBytes, totalBytes);
	}
	if (totalBytes === undefined || receiver.sizeBytes === totalBytes) return { kind: "received" };
	const reason = `the connection was closed after ${receiver.sizeBytes} of ${totalBytes} bytes`;
	return { kind: "failed", isFinal: false, reason };
}

async function beginAnew(file: RemoteFile, receiver: Receiver, limit: number): Promise<AttemptResult> {
	await forget(file, receiver);
	return { kind: "failed", isFinal: false, reason: `more came than the ${limit} bytes that the file has` };
}

async function refuse(
	{ flaw, reason }: Extract<RangeAnswer, { readonly kind: "refused" }>,
	file: RemoteFile,
	receiver: Receiver,
	maximumBytes: number,
): Promise<AttemptResult> {
	switch (flaw) {
		case "too-large":
			throw tooLarge(file.url.origin + file.url.pathname, maximumBytes);
		case "range":
			await forget(file, receiver);
			return { kind: "failed", isFinal: false, reason };
		case "html":
			return { kind: "failed", isFinal: true, reason, hint: HTML_PAGE_HINT };
		case "encoding":
		case "status":
			return { kind: "failed", isFinal: true, reason };
	}
}

/** What there is cannot be gone on with here. */
async function forget(file: RemoteFile, receiver: Receiver): Promise<void> {
	file.totalBytes = undefined;
	file.validator = undefined;
	await receiver.restart();
}

const PROXY_HINT =
	"The proxy has refused: check `HTTPS_PROXY` and its credentials, or except the release server with `NO_PROXY`.";

/** @throws The error itself, if the network is not to blame for it. */
function connectionFailure(error: unknown): AttemptResult {
	const refusal = proxyRefusalStatus(error);
	const verdict = connectionVerdict(error);
	if (verdict === "other" && refusal === undefined) throw error;
	const code = connectionCode(error);
	const { message } = error as Error;
	const reason = code === undefined || message.includes(code) ? message : `${message} (${code})`;
	return {
		kind: "failed",
		isFinal: verdict !== "retry",
		reason,
		wasSilent: code === "UND_ERR_HEADERS_TIMEOUT",
		hint: refusal === undefined ? tlsHint(code ?? "") : PROXY_HINT,
		cause: error,
	};
}
