import type { TargetConfiguration, TargetOptions } from "@rivetkit/engine-config";
import { identifyProcess, judgeProcess } from "@rivetkit/engine-core/process";
import {
	findTarget,
	markEnding,
	proveTarget,
	recordBelongs,
	type TargetEngine,
} from "@rivetkit/engine-instances";
import { type CallContext, type CallOptions, openTarget, recordedInstance } from "../context.ts";
import { endEngine } from "./end-engine.ts";
import { openStop, type StopOptions } from "./stop-options.ts";
import type { StopResult } from "./stop-result.ts";

/**
 * Stops the engine, whichever process started it: by SIGTERM, and by SIGKILL when the grace is over. A process is
 * signalled only after proof that it is the engine of this storage. The stop is recorded, so that no program takes it for
 * a crash and starts the engine again.
 *
 * @throws EngineError `not_ours` if there is no such proof, or if nobody has recorded the engine and `force` is not set;
 * `still_running` if the process survives; `endpoint_unresponsive` if its port stays taken; `invalid_option`, `invalid_endpoint`; the
 * signal's reason if aborted.
 */
export async function stopEngine(options: TargetOptions & StopOptions & CallOptions): Promise<StopResult> {
	const { context, graceMs, force } = openStop(options, openTarget);
	const target = await findTarget(context.configuration);
	const proven = await proveTarget(context.configuration.target.layout, target, {
		force,
		signal: context.signal,
	});
	if (proven !== undefined) return await endEngine(context, target, proven, { graceMs, ending: "stop" });
	await callOffRestart(context, target);
	// A program that watches the engine may have started it again before the restart was called off.
	const now = await findTarget(context.configuration);
	const late =
		now.record === undefined
			? undefined
			: await proveTarget(context.configuration.target.layout, now, { force, signal: context.signal });
	if (late !== undefined) return await endEngine(context, now, late, { graceMs, ending: "stop" });
	return await notRunning(context, target);
}

/** Makes the result for a target where nothing runs. */
export async function notRunning(
	context: CallContext<TargetConfiguration>,
	target: TargetEngine,
): Promise<Extract<StopResult, { readonly kind: "not-running" }>> {
	const detail = await describeRecord(context, target);
	return { kind: "not-running", endpoint: target.endpoint.url, detail };
}

/** Records a stop of an engine that has crashed, since a program that watches it may be about to start it again. */
async function callOffRestart(
	context: CallContext<TargetConfiguration>,
	{ recorded }: TargetEngine,
): Promise<void> {
	if (recorded.kind !== "present" || recorded.record.ending === "stop") return;
	if ((await judgeProcess(recorded.record.identity)) === "dead")
		await markEnding(recordedInstance(context), recorded.record, "stop");
}

async function describeRecord(
	{ configuration }: CallContext<TargetConfiguration>,
	{ recorded }: TargetEngine,
): Promise<string | undefined> {
	if (recorded.kind === "absent") return undefined;
	if (recorded.kind === "corrupt")
		return `the record '${recorded.path}' could not be read: ${recorded.reason}`;
	const { identity } = recorded.record;
	switch (await judgeProcess(identity)) {
		case "alive":
			return (await recordBelongs(recorded.record, configuration.target.layout))
				? `the engine of this storage runs at '${recorded.record.endpoint}'`
				: `its record was copied from '${recorded.record.databasePath}'`;
		case "unknown":
			return `the recorded engine (pid ${identity.pid}) was started where this process cannot look, such as another container`;
		case "dead": {
			const stranger = await identifyProcess(identity.pid);
			return (
				stranger && `the recorded pid ${identity.pid} belongs to another process now, which was left alone`
			);
		}
	}
}
