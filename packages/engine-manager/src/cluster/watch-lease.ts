import { EngineError } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";
import { followLog } from "../follow-log.ts";

/** The watch over an engine that waits for the lease of another. */
export interface LeaseWatch extends Disposable {
	/** Aborted, with an error as its reason, when the lease turns out to be that of an engine which lives. */
	readonly lost: AbortSignal | undefined;
}

/**
 * Tells when an engine that was just spawned waits for the leader's lease of its PostgreSQL database. Nothing but its
 * log says so: until it has the lease it does not listen.
 */
export function watchLease(
	{ configuration, emit, logger }: EngineContext,
	{ pid, logs }: Pick<SpawnedEngine, "pid" | "logs">,
): LeaseWatch {
	const { storage } = configuration;
	if (storage.value.kind !== "postgres") return { lost: undefined, [Symbol.dispose]: () => {} };
	const { location } = storage.value;
	const done = new AbortController();
	const lost = new AbortController();
	let isTold = false;
	const onLine = (line: string): void => {
		const wait = readLeaseWait(line);
		if (wait === undefined) return;
		if (!isTold) {
			logger.info(
				{ pid, location },
				"waiting for the lease of an engine that has died, which takes some 11 s",
			);
			emit({ kind: "awaiting-lease", pid });
		}
		isTold = true;
		if (wait.attempt >= PROOF_ATTEMPTS) lost.abort(heldByAnother(location, wait.attempt));
	};
	followLog(logs.stdout, onLine, { signal: done.signal, keepsAlive: false }).catch((error: unknown) => {
		logger.debug({ pid, error }, "the log of the engine could not be followed");
	});
	return { lost: lost.signal, [Symbol.dispose]: () => done.abort() };
}

/**
 * The engine tries once a second, and the lease of one that has died runs out after ten. Whose lease is still there
 * after that renews it.
 *
 * @see `LEASE_TTL_SECS` in `engine/packages/universaldb` of https://github.com/rivet-dev/rivet.
 */
const PROOF_ATTEMPTS = 16;

/**
 * What a line of an engine's log says of a lease that it waits for. One that shares its database by NATS waits for a
 * leader, whoever that may be, and does not count.
 */
export function readLeaseWait(line: string): { readonly attempt: number } | undefined {
	const alone = /could not acquire leader lease\b.* attempt=(\d+)/.exec(line);
	if (alone !== null) return { attempt: Number(alone[1]) };
	return /message="udb commit exhausted resend attempts/.test(line) ? { attempt: 0 } : undefined;
}

function heldByAnother(location: string, attempts: number): EngineError<"database_locked"> {
	return new EngineError(
		"database_locked",
		`The PostgreSQL database at ${location} is in use by another engine, which has kept its lease for ${attempts} s.`,
		{
			metadata: {
				location,
				hint: "Stop that engine, give this one another database, or give all of them NATS with `messaging` (`--nats`), by which engines share one.",
			},
		},
	);
}
