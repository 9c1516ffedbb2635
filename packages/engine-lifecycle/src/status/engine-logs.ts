import type { TargetOptions } from "@rivetkit/engine-config";
import type { EngineLogs } from "@rivetkit/engine-core";
import { instanceLogs } from "@rivetkit/engine-instances";
import { type CallOptions, openTarget } from "../context.ts";

/**
 * Finds the log files of the instance's last start: those that its record names, else the newest in its folder, which
 * may be rivetkit's. Undefined if there are none.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if it is aborted already.
 */
export async function engineLogs(options: TargetOptions & CallOptions): Promise<EngineLogs | undefined> {
	return await instanceLogs(openTarget(options).configuration.target.layout);
}
