import { findTarget, isAbandoned, proveTarget } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { endEngine } from "../stop/end-engine.ts";

/**
 * Ends the engine at the endpoint if it ran in the foreground of a process that was killed: such an engine has no
 * owner left, and would block the next start. The caller has the start locks.
 *
 * @returns True if there was such an engine.
 * @throws EngineError like `stopEngine`.
 */
export async function endAbandoned(context: EngineContext, graceMs: number): Promise<boolean> {
	const target = await findTarget(context.configuration);
	const { record } = target;
	if (record === undefined || !(await isAbandoned(record))) return false;
	context.logger.warn(
		{ pid: record.identity.pid },
		"the engine of a process that was killed is still there, and is ended",
	);
	const proven = await proveTarget(context.configuration.target.layout, target, {
		force: false,
		signal: context.signal,
	});
	if (proven !== undefined) await endEngine(context, target, proven, { graceMs, ending: "restart" });
	return true;
}
