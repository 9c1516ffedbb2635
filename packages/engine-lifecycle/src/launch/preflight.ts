import type { EnginePorts } from "@rivetkit/engine-core";
import { pause } from "@rivetkit/engine-core";
import { livingRecord, pruneLogFiles } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { createInstanceFolders } from "./create-instance-folders.ts";

/**
 * Checks and prepares what a spawn needs: three free ports, since the engine itself would run on, half broken, with
 * two of them; folders; room among the logs.
 *
 * @throws EngineError `ports_in_use`, `no_space`, `path_occupied`, `read_only`; the signal's reason if aborted.
 */
export async function preflight(context: EngineContext, ports: EnginePorts): Promise<void> {
	const { checkEnginePorts, portsInUseError } = await import("@rivetkit/engine-inspect");
	const taken = await checkEnginePorts(ports);
	if (taken.length > 0) {
		// Another host that tests the ports holds them for a moment only.
		await pause(RETEST_GAP_MS, { signal: context.signal });
		const stillTaken = await checkEnginePorts(ports);
		if (stillTaken.length > 0) throw portsInUseError(stillTaken);
	}
	const { layout } = context.configuration.target;
	await createInstanceFolders(context.configuration);
	const inUse = (await livingRecord(layout))?.logs;
	await pruneLogFiles(layout.logsFolder, { kept: KEPT_LOG_PAIRS_BEFORE_START, inUse });
	context.signal?.throwIfAborted();
}

/** Between two tests of ports that were taken, in milliseconds. */
export const RETEST_GAP_MS = 100;

/** Ten pairs are kept, counting the one that is about to be made. */
const KEPT_LOG_PAIRS_BEFORE_START = 9;
