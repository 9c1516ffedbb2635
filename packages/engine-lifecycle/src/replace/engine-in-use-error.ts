import { type EngineEndpoint, EngineError } from "@rivetkit/engine-core";
import type { ConnectedProcess } from "@rivetkit/engine-inspect";

/** Makes the error for an engine that is not restarted, since other programs are connected to it and may not come back. */
export function engineInUseError(
	endpoint: EngineEndpoint,
	processes: readonly ConnectedProcess[],
): EngineError<"engine_in_use"> {
	const named = processes.map(({ pid, name, clients }) =>
		pid === undefined ? `somebody at ${clients.join(", ")}` : `'${name}' (pid ${pid})`,
	);
	return new EngineError(
		"engine_in_use",
		`The engine at '${endpoint.url}' has connections of ${named.join(", ")}, and was left running.`,
		{
			metadata: {
				endpoint: endpoint.url,
				processes,
				hint: "End those programs first, or restart it all the same: `restartEngine` with `force: true`.",
			},
		},
	);
}
