import type { ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
import { explainLease, readRefusedLease } from "./lease-wait.ts";
import { shorten } from "./shorten.ts";

/** A start takes up to that many, by the size of the database. Short of a few, the engine waits for ever, and may say nothing. */
const NEEDED_DESCRIPTORS = 48;

/** What is to be said of an engine that lives and is not ready: it may be slow, and is not dead. */
export function explainLiving(
	logTail: readonly string[],
	{ descriptors, waited }: ExitEvidence,
): ExitExplanation {
	if (descriptors !== undefined && isExhausted(descriptors)) {
		const { open, limit } = descriptors;
		return {
			code: "health_check_failed",
			reason: `it is alive but may have only ${limit} files open at once, and has ${open}`,
			hint: "Raise the limit before the program starts: `ulimit -n 1024`, or `LimitNOFILE=` of its service.",
		};
	}
	const wait = readRefusedLease(logTail.at(-1) ?? "");
	if (wait !== undefined) return explainLease(wait);
	if (waited === undefined) {
		return { code: "health_check_failed", reason: "it is alive but not ready", hint: undefined };
	}
	const last = logTail.at(-1);
	const logged = last === undefined ? "it has logged nothing" : `it last logged: ${messageIn(last)}`;
	return {
		code: "health_check_failed",
		reason: `it was still alive (pid ${waited.pid}) but not ready after ${waited.timeoutMs} ms; ${logged}`,
		hint: "If it is only slow, give it longer with `startTimeoutMs`.",
	};
}

function isExhausted({ open, limit }: { readonly open: number; readonly limit: number }): boolean {
	return limit < NEEDED_DESCRIPTORS || open >= limit;
}

/** The message of a line in logfmt, or a line in another format as it is. */
function messageIn(line: string): string {
	return shorten(/\bmessage="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line);
}
