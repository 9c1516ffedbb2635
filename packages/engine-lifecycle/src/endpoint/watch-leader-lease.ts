import type { EngineDatabase } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { followLog } from "@rivetkit/engine-instances";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";

/** A watch over an engine that may wait for the leader lease of another engine. */
export interface LeaderLeaseWatch extends Disposable {
	/**
	 * Aborted with the signal of the call and, with an error as its reason, when the engine that has the lease is proven
	 * to live.
	 */
	readonly signal: AbortSignal | undefined;
}

/**
 * Watches whether a starting engine waits for the leader lease of its PostgreSQL database, and emits that. Only the
 * engine's log shows this: without the lease the engine does not listen.
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
	let isReported = false;
	const follow = async (): Promise<void> => {
		const { explainLease, readLeaseWait } = await import("@rivetkit/engine-spawn/explain");
		const onLine = (line: string): void => {
			const wait = readLeaseWait(line);
			if (wait === undefined) return;
			const { code, reason, hint } = explainLease(wait);
			if (!isReported) {
				logger.info({ pid, location, reason }, "the engine does not lead its database yet");
				emit({ kind: "awaiting-lease", pid });
			}
			isReported = true;
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
