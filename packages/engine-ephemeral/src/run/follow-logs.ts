import type { EngineLogs, Logger } from "@rivetkit/engine-core";
import { followLog } from "@rivetkit/engine-instances";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";

/** Options of {@link followLogs}. */
export interface FollowLogsOptions extends Pick<EphemeralEngineOptions, "onLog"> {
	readonly logger: Logger;
	/** Stops following, after `onLog` was called with all lines written so far. */
	readonly signal: AbortSignal;
}

/** Calls `onLog` with every line, without keeping the process alive. Never rejects. */
export async function followLogs(logs: EngineLogs, options: FollowLogsOptions): Promise<void> {
	const { onLog, logger, signal } = options;
	if (onLog === undefined) return;
	let hasThrown = false;
	const follow = async (stream: "stdout" | "stderr"): Promise<void> => {
		const tell = (line: string): void => {
			try {
				onLog(line, stream);
			} catch (error) {
				// Logged only once, since there may be a thousand lines.
				if (!hasThrown) logger.warn({ error }, "the callback `onLog` has thrown");
				hasThrown = true;
			}
		};
		try {
			await followLog(logs[stream], tell, { signal, keepsAlive: false });
		} catch (error) {
			logger.warn({ path: logs[stream], error }, "the engine's log cannot be followed");
		}
	};
	await Promise.all([follow("stdout"), follow("stderr")]);
}
