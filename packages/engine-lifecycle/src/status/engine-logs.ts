import type { TargetOptions } from "@rivetkit/engine-config";
import type { EngineLogs } from "@rivetkit/engine-core";
import { instanceLogs } from "@rivetkit/engine-instances";
import { type CallOptions, openTarget } from "../context.ts";

/**
 * Finds the log files of the instance's last start: the files that the record names, or else the newest files in the
 * instance's folder, which rivetkit may have written. Returns undefined if there are no log files.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if it is aborted already.
 */
export async function engineLogs(options: TargetOptions & CallOptions): Promise<EngineLogs | undefined> {
	return await instanceLogs(openTarget(options).configuration.target.layout);
}
