import type { EngineDatabase } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { followLog } from "@rivetkit/engine-instances";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";

/** A watch over an engine that may wait for the lease of another engine. */
export interface LeaderLeaseWatch extends Disposable {
	/** The signal of the call; also aborted, with an error as its reason, when an engine that lives turns out to have the lease. */
	readonly signal: AbortSignal | undefined;
}

/**
 * Tells when an engine that was just spawned waits for the leader's lease of its PostgreSQL database. Only the engine's
 * log says so: without the lease it does not listen.
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
		const { explainLease, readLeaseWait } = await import("@rivetkit/engine-spawn/explain");
		const onLine = (line: string): void => {
			const wait = readLeaseWait(line);
			if (wait === undefined) return;
			const { code, reason, hint } = explainLease(wait);
			if (!isTold) {
				logger.info({ pid, location, reason }, "the engine does not lead its database yet");
				emit({ kind: "awaiting-lease", pid });
			}
			isTold = true;
			if (code === "database_locked") lost.abort(leaseHeldError(database, reason, hint));
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

function leaseHeldError(
	{ name, location }: Extract<EngineDatabase, { readonly kind: "postgres" }>,
	reason: string,
	hint: string | undefined,
): EngineError<"database_locked"> {
	return new EngineError("database_locked", `The engine cannot have ${name}: ${reason}.`, {
		metadata: { location, hint },
	});
}
