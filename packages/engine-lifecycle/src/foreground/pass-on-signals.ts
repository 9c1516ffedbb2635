import { livingRecord, markEnding } from "@rivetkit/engine-instances";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { type EngineContext, recordedInstance } from "../context.ts";

/**
 * Signals that ask the engine to end, each with the signal that the engine gets: the engine does not handle SIGHUP
 * and would die of it.
 */
const ENDING: Partial<Record<NodeJS.Signals, NodeJS.Signals>> = {
	SIGTERM: "SIGTERM",
	SIGINT: "SIGINT",
	SIGHUP: "SIGTERM",
};

/** Makes a function that passes signals on to an engine in the foreground, and kills it if it takes too long to end. */
export function foregroundSignals(
	context: EngineContext,
	{ pid, signal, exited }: Pick<SpawnedEngine, "pid" | "signal" | "exited">,
	{ graceMs, onEnding }: { readonly graceMs: number; readonly onEnding: () => void },
): (name: NodeJS.Signals) => void {
	const { logger, configuration } = context;
	let limit: NodeJS.Timeout | undefined;
	void exited.then(() => clearTimeout(limit));
	return (name) => {
		const ending = ENDING[name];
		if (!signal(ending ?? name) || ending === undefined || limit !== undefined) return;
		onEnding();
		logger.info({ pid, signal: name, graceMs }, "asked the engine to end");
		limit = setTimeout(() => {
			logger.warn({ pid, graceMs }, "the engine did not end in time and is killed");
			signal("SIGKILL");
		}, graceMs);
		// Other programs that watch the engine must not take its end for a crash.
		void livingRecord(configuration.target.layout)
			.then((record) =>
				record?.identity.pid === pid ? markEnding(recordedInstance(context), record, "stop") : undefined,
			)
			.catch(() => {});
	};
}
