import { EngineError, type InstanceLayout } from "@rivetkit/engine-core";
import type { TargetEngine } from "../target/find-target.ts";

const HINT =
	"If it is an engine, name the storage root and port that it was started with (`storageRoot`, `bindPort`); if not, stop it with its own tool.";

/** Makes the error for a process that must not be ended, since it is not proven to be the target. */
export function notProvenError(
	layout: InstanceLayout,
	{ endpoint }: Pick<TargetEngine, "endpoint">,
	{
		reason,
		pid,
		hint = HINT,
	}: { readonly reason: string; readonly pid?: number | undefined; readonly hint?: string | undefined },
): EngineError<"not_ours"> {
	return new EngineError(
		"not_ours",
		`What is at '${endpoint.url}' is not known to be the engine of '${layout.folder}', and was left alone: ${reason}.`,
		{ metadata: { endpoint: endpoint.url, reason, pid, hint } },
	);
}
