import { describeExit, type Logger } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";

/**
 * Ends an engine that never became healthy. A failure to end it is only logged: the cause of the failed start is more
 * useful.
 */
export async function endHalfStarted(
	spawned: Pick<SpawnedEngine, "pid" | "kill">,
	logger: Logger,
): Promise<void> {
	const { pid } = spawned;
	try {
		const exit = await spawned.kill();
		if (exit === undefined) logger.warn({ pid }, "half-started engine process did not exit within timeout");
		else logger.info({ pid, status: describeExit(exit) }, "half-started engine process exited");
	} catch (cleanupError) {
		logger.warn(
			{ pid, cleanup_error: cleanupError },
			"failed to terminate engine process that never became healthy",
		);
	}
}
