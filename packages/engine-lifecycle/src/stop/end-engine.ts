import type { TargetConfiguration } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import { markEnding, type ProvenProcess, type TargetEngine } from "@rivetkit/engine-instances";
import { type CallContext, recordedInstance } from "../context.ts";
import { endProcess } from "./end-process.ts";
import type { StopResult } from "./stop-result.ts";

/**
 * Ends a proven engine. The request is written into the engine's record first, so that no program takes the end for a
 * crash.
 *
 * @throws EngineError like `endProcess`.
 */
export async function endEngine(
	context: CallContext<TargetConfiguration>,
	{ endpoint }: TargetEngine,
	{ identity, leadsSession, record }: ProvenProcess,
	{ graceMs, ending }: { readonly graceMs: number; readonly ending: "stop" | "restart" },
): Promise<Extract<StopResult, { readonly kind: "stopped" }>> {
	const startedAt = performance.now();
	const { pid } = identity;
	if (record !== undefined) await markEnding(recordedInstance(context), record, ending);
	const request = { identity, leadsSession, endpoint, graceMs, signal: context.signal };
	const outcome = await endProcess(request).catch(async (error: unknown) => {
		// The engine was left alone: its next end may be a crash.
		if (record !== undefined && isEngineError(error, "not_ours"))
			await markEnding(recordedInstance(context), record, undefined);
		throw error;
	});
	context.logger.info({ pid, endpoint: endpoint.url, outcome }, "stopped engine process");
	return { kind: "stopped", endpoint: endpoint.url, pid, outcome, tookMs: performance.now() - startedAt };
}
