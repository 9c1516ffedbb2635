import { describeExit, type Logger } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";

/** Logs the end of a spawned engine until it is released. Releasing leaves the engine running. */
export function watchSpawnedEngine(
	spawned: Pick<SpawnedEngine, "pid" | "exited" | "detach">,
	logger: Logger,
): { release(): void } {
	const { pid } = spawned;
	let released = false;
	void spawned.exited.then((status) => {
		if (released) return;
		const fields = { pid, status: describeExit(status) };
		if (status.kind === "unknown") {
			logger.error(fields, "failed to wait on engine process; cannot detect crashes");
		} else if (status.kind === "exited" && status.code === 0) {
			logger.warn(
				fields,
				"engine process exited cleanly while rivetkit was still running; rivetkit expected the engine to outlive it",
			);
		} else {
			logger.error(fields, "engine process crashed while rivetkit was still running");
		}
	});
	return {
		release: () => {
			if (released) return;
			released = true;
			spawned.detach();
			logger.debug({ pid }, "aborted engine watcher; engine continues running (intentional orphan)");
		},
	};
}
