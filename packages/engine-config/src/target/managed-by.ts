import { type EngineEndpoint, withoutBrackets } from "@rivetkit/engine-core";
import type { SpawnMode } from "./spawn-mode.ts";

/** Says who looks after the engine at an endpoint: this machine, which may or may not start it, or somebody elsewhere. */
export type ManagedBy =
	| { readonly kind: "managed"; readonly maySpawn: boolean }
	| { readonly kind: "remote" };

/**
 * Decides who looks after the engine at an endpoint: by default this machine if the endpoint can only be on it, else
 * somebody elsewhere.
 *
 * @param bindHost - The host to bind. If it is the endpoint's host, the engine is meant to run on this machine.
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
