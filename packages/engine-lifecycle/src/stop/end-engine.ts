import type { TargetConfiguration } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import type { ProvenProcess, TargetEngine } from "@rivetkit/engine-instances";
import { markEnding } from "@rivetkit/engine-instances";
import { type CallContext, recordedInstance } from "../context.ts";
import { endProcess } from "./end-process.ts";
import type { StopResult } from "./stop-result.ts";

/**
 * Ends a proven engine, after it was written into its record that this is no crash.
 *
 * @throws EngineError as `endProcess`.
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
		// It was left alone, and may crash some day.
		if (record !== undefined && isEngineError(error, "not_ours"))
			await markEnding(recordedInstance(context), record, undefined);
		throw error;
	});
	context.logger.info({ pid, endpoint: endpoint.url, outcome }, "stopped engine process");
	return { kind: "stopped", endpoint: endpoint.url, pid, outcome, tookMs: performance.now() - startedAt };
}
