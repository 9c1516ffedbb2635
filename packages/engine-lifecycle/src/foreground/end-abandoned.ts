import { findTarget, isAbandoned, proveTarget } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { endEngine } from "../stop/end-engine.ts";

/**
 * Ends the engine at the endpoint if it ran in the foreground of a process that was killed: it belongs to nobody, and
 * whoever starts it again after that must not find it in the way.
 *
 * @returns Whether it was ended. The caller has the start locks.
 * @throws EngineError as `stopEngine`.
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
