import type { EngineEndpoint } from "@rivetkit/engine-core";
import type { SpawnMode } from "./options.ts";

/** Whether the engine at an endpoint is ours to look after. */
export type Management =
	| { readonly kind: "managed"; readonly maySpawn: boolean }
	| { readonly kind: "remote" };

/** Decides it: by default what can only be this machine is managed, and everything else is somebody else's. */
export function managementOf(mode: SpawnMode, endpoint: EngineEndpoint): Management {
	switch (mode) {
		case "always":
			return { kind: "managed", maySpawn: true };
		case "auto":
		case "never":
			return endpoint.reach === "other" ? { kind: "remote" } : { kind: "managed", maySpawn: mode === "auto" };
	}
}
