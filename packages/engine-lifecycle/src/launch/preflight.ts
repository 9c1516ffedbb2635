import { type EnginePorts, pause } from "@rivetkit/engine-core";
import { KEPT_LOG_PAIRS, livingRecord, pruneLogFiles } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { createInstanceFolders } from "./create-instance-folders.ts";

/**
 * Checks and prepares everything that a spawn needs: three free ports, since an engine with only two of them runs on,
 * half broken; the folders; space for a new log file.
 *
 * @throws EngineError `ports_in_use`, `no_space`, `read_only`, `path_occupied`; `invalid_option` for a certificate
 * that cannot be read; the signal's reason if aborted.
 */
export async function preflight(context: EngineContext, ports: EnginePorts): Promise<void> {
	const { checkEnginePorts, portsInUseError } = await import("@rivetkit/engine-inspect");
	const taken = await checkEnginePorts(ports);
	if (taken.length > 0) {
		// Another host that tests the ports holds them only for a moment.
		await pause(RETEST_GAP_MS, { signal: context.signal });
		const stillTaken = await checkEnginePorts(ports);
		if (stillTaken.length > 0) throw portsInUseError(stillTaken);
	}
	const { layout } = context.configuration.target;
	await createInstanceFolders(context.configuration);
	const inUse = (await livingRecord(layout))?.logs;
	// The start adds one more pair.
	await pruneLogFiles(layout.logsFolder, { kept: KEPT_LOG_PAIRS - 1, inUse });
	context.signal?.throwIfAborted();
}

/** Between two tests of ports that were taken, in milliseconds. */
export const RETEST_GAP_MS = 100;
