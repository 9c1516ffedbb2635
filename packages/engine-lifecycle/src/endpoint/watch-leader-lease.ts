import type { EngineDatabase } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { followLog } from "@rivetkit/engine-instances";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";

/** The watch over an engine that waits for the lease of another. */
export interface LeaderLeaseWatch extends Disposable {
	/** The call's own, aborted too, with an error as its reason, when the lease turns out to be that of an engine which lives. */
	readonly signal: AbortSignal | undefined;
}

/**
 * Tells when an engine that was just spawned waits for the leader's lease of its PostgreSQL database. Nothing but its
 * log says so: until it has the lease it does not listen.
 */
export function watchLeaderLease(
	{ configuration, emit, logger, signal }: EngineContext,
	{ pid, logs }: Pick<SpawnedEngine, "pid" | "logs">,
): LeaderLeaseWatch {
	const { database } = configuration;
	if (database.kind !== "postgres") return { signal, [Symbol.dispose]: () => {} };
	const { location } = database;
	const done = new AbortController();
	const lost = new AbortController();
	let isTold = false;
	const follow = async (): Promise<void> => {
		const { explainLease } = await import("@rivetkit/engine-spawn/explain");
		const onLine = (line: string): void => {
			const wait = readLeaseWait(line);
			if (wait === undefined) return;
			const { code, reason, hint } = explainLease(wait.attempt);
			if (!isTold) {
				logger.info({ pid, location, reason }, "the engine does not lead its database yet");
				emit({ kind: "awaiting-lease", pid });
			}
			isTold = true;
			if (code === "database_locked") lost.abort(heldByAnother(database, reason, hint));
		};
		await followLog(logs.stdout, onLine, { signal: done.signal, keepsAlive: false });
	};
	follow().catch((error: unknown) => {
		logger.debug({ pid, error }, "the log of the engine could not be followed");
	});
	return {
		signal: signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]),
		[Symbol.dispose]: () => done.abort(),
	};
}

/**
 * What a line of an engine's log says of a lease that it waits for. One that shares its database by NATS waits for a
 * leader, whoever that may be, and does not count.
 */
export function readLeaseWait(line: string): { readonly attempt: number } | undefined {
	const alone = /could not acquire leader lease\b.* attempt=(\d+)/.exec(line);
	if (alone !== null) return { attempt: Number(alone[1]) };
	return /message="udb commit exhausted resend attempts/.test(line) ? { attempt: 0 } : undefined;
}

function heldByAnother(
	{ name, location }: Extract<EngineDatabase, { readonly kind: "postgres" }>,
	reason: string,
	hint: string | undefined,
): EngineError<"database_locked"> {
	return new EngineError("database_locked", `The engine cannot have ${name}: ${reason}.`, {
		metadata: { location, hint },
	});
}
