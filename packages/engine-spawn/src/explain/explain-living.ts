import type { ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
import { explainLease, readRefusedLease } from "./lease-wait.ts";
import { shorten } from "./shorten.ts";

/** The number of files that a start opens at most, by the size of the database. With a lower limit the engine may wait for ever. */
const NEEDED_DESCRIPTORS = 48;

/** Explains why a living engine is not ready. The engine may only be slow. */
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

/** Returns the message of a line in logfmt, or a whole line in another format. */
function messageIn(line: string): string {
	return shorten(/\bmessage="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line);
}
