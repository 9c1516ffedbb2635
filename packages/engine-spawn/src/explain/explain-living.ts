import type { ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
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
	const attempt = LEASE_WAIT.exec(logTail.at(-1) ?? "")?.[1];
	if (attempt !== undefined) return explainLease(Number(attempt));
	if (waited === undefined) {
		return { code: "health_check_failed", reason: "it is alive but not ready", hint: undefined };
	}
	const last = logTail.at(-1);
	const logged = last === undefined ? "it has logged nothing" : `it last logged: ${messageIn(last)}`;
	return {
		code: "health_check_failed",
		reason: `it was still alive (pid ${waited.pid}) but not ready after ${waited.timeoutMs} ms; ${logged}`,
		hint: "If it is only slow, give it longer with `startTimeoutMs` (`--start-timeout`).",
	};
}

/** An engine without NATS says so once a second. */
const LEASE_WAIT = /could not acquire leader lease\b.* attempt=(\d+)/;

/**
 * After so many attempts, one a second, the lease of an engine that has died has run out, which takes ten seconds: who
 * has it renews it.
 *
 * @see `LEASE_TTL_SECS` in `engine/packages/universaldb` of https://github.com/rivet-dev/rivet.
 */
const LEASE_PROOF_ATTEMPTS = 16;

/** What an engine waits for that was refused the leader's lease of its PostgreSQL database. */
export function explainLease(attempt: number): ExitExplanation {
	return attempt < LEASE_PROOF_ATTEMPTS
		? {
				code: "health_check_failed",
				reason: "it waits for the lease of another engine, which runs out after some 11 s if that has died",
				hint: "Give it longer with `startTimeoutMs` (`--start-timeout`), 60000 by default.",
			}
		: {
				code: "database_locked",
				reason: "another engine holds the leader lease of its PostgreSQL database and renews it",
				hint: "Stop that engine, give this one a database of its own, or let all of them share it by NATS (`messaging`, `--nats`).",
			};
}

function isExhausted({ open, limit }: { readonly open: number; readonly limit: number }): boolean {
	return limit < NEEDED_DESCRIPTORS || open >= limit;
}

/** The message of a line in logfmt, or a line in another format as it is. */
function messageIn(line: string): string {
	return shorten(/\bmessage="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line);
}
