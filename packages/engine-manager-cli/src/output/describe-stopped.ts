import type { StopResult } from "@rivetkit/engine-manager";

/** Describes how an engine was stopped, such as "The engine at http://127.0.0.1:6420 (pid 42) has stopped." */
export function describeStopped({
	endpoint,
	pid,
	outcome,
}: Extract<StopResult, { readonly kind: "stopped" }>): string {
	const how = outcome === "killed" ? "was killed, since it did not end in time" : "has stopped";
	return `The engine at ${endpoint} (pid ${pid}) ${how}.`;
}
