import { requireOption } from "@rivetkit/engine-core";
import type { ExitExplanation } from "./exit-explanation.ts";
import { hasNumbers } from "./require-evidence.ts";

/** An engine's wait for the leader lease of its PostgreSQL database, read from its log. */
export interface LeaseWait {
	/** The number of attempts so far, one a second; 0 for an engine that does not count them. */
	readonly attempt: number;
}

/** The line that an engine without NATS logs once a second. */
const REFUSED = /could not acquire leader lease\b.* attempt=(\d+)/;

/** The line of an engine that shares its database by NATS: it waits until some engine leads, and does not count. */
const NO_LEADER = /message="udb commit exhausted resend attempts/;

/**
 * Reads the wait for a lease from a line of an engine's log. Returns undefined for any other line.
 *
 * @throws EngineError `invalid_option`.
 */
export function readLeaseWait(line: string): LeaseWait | undefined {
	requireOption("line", typeof line === "string", "a line of a log");
	return readRefusedLease(line) ?? (NO_LEADER.test(line) ? { attempt: 0 } : undefined);
}

/** Reads from a line of an engine's log that the engine was refused the lease. Returns undefined for any other line. */
export function readRefusedLease(line: string): LeaseWait | undefined {
	const attempt = REFUSED.exec(line)?.[1];
	return attempt === undefined ? undefined : { attempt: Number(attempt) };
}

/**
 * The number of attempts, one a second, that proves another engine alive: the lease of an engine that has died runs out
 * after ten seconds.
 *
 * @see `LEASE_TTL_SECS` in `engine/packages/universaldb` of https://github.com/rivet-dev/rivet.
 */
const PROOF_ATTEMPTS = 16;

/**
 * Explains the wait of an engine that was refused the leader lease of its PostgreSQL database.
 *
 * @throws EngineError `invalid_option`.
 */
export function explainLease(wait: LeaseWait): ExitExplanation {
	requireOption("wait", hasNumbers(wait, ["attempt"]), "an object with a number attempt");
	return wait.attempt < PROOF_ATTEMPTS
		? {
				code: "health_check_failed",
				reason: "it waits for the lease of another engine, which runs out after some 11 s if that has died",
				hint: "Give it longer with `startTimeoutMs`, 60000 by default.",
			}
		: {
				code: "database_locked",
				reason: "another engine holds the leader lease of its PostgreSQL database and renews it",
				hint: "Stop that engine, give this one a database of its own, or let all of them share it by NATS (`messaging`).",
			};
}
