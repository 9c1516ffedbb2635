import { type EngineEndpoint, withoutBrackets } from "@rivetkit/engine-core";
import type { SpawnMode } from "./spawn-mode.ts";

/** Whether the engine at an endpoint is ours to look after. */
export type ManagedBy =
	| { readonly kind: "managed"; readonly maySpawn: boolean }
	| { readonly kind: "remote" };

/**
 * Decides it: by default what can only be this machine is managed, and everything else is somebody else's.
 *
 * @param bindHost - Whoever names the endpoint's host as the one to bind wants an engine here.
 */
export function managedBy(
	mode: SpawnMode,
	endpoint: EngineEndpoint,
	bindHost?: string | undefined,
): ManagedBy {
	const isBoundHere = bindHost !== undefined && withoutBrackets(bindHost) === endpoint.host;
	switch (mode) {
		case "always":
			return { kind: "managed", maySpawn: true };
		case "auto":
		case "never":
			return endpoint.reach === "other" && !isBoundHere
				? { kind: "remote" }
				: { kind: "managed", maySpawn: mode === "auto" };
	}
}
