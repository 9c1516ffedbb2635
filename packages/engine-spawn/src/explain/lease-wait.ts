import type { ExitExplanation } from "./exit-explanation.ts";

/** A line of an engine's log that tells of its wait for the leader's lease of its PostgreSQL database. */
export interface LeaseWait {
	/** How often the engine has tried by then, once a second; 0 for an engine that does not count. */
	readonly attempt: number;
}

/** An engine without NATS says so once a second. */
const REFUSED = /could not acquire leader lease\b.* attempt=(\d+)/;

/** An engine that shares its database by NATS waits for a leader, whichever engine that is, and does not count. */
const NO_LEADER = /message="udb commit exhausted resend attempts/;

/** Reads the wait for a lease from a line of an engine's log; undefined for any other line. */
export function readLeaseWait(line: string): LeaseWait | undefined {
	return readRefusedLease(line) ?? (NO_LEADER.test(line) ? { attempt: 0 } : undefined);
}

/** Reads from a line of an engine's log that the engine was refused the lease; undefined for any other line. */
export function readRefusedLease(line: string): LeaseWait | undefined {
	const attempt = REFUSED.exec(line)?.[1];
	return attempt === undefined ? undefined : { attempt: Number(attempt) };
}

/**
 * After so many attempts, one a second, the lease of an engine that has died has run out, which takes ten seconds: an
 * engine that still has the lease renews it.
 *
 * @see `LEASE_TTL_SECS` in `engine/packages/universaldb` of https://github.com/rivet-dev/rivet.
 */
const PROOF_ATTEMPTS = 16;

/** Explains what an engine waits for that was refused the leader's lease of its PostgreSQL database. */
export function explainLease({ attempt }: LeaseWait): ExitExplanation {
	return attempt < PROOF_ATTEMPTS
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
