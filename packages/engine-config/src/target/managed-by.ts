import { type EngineEndpoint, withoutBrackets } from "@rivetkit/engine-core";
import type { SpawnMode } from "./spawn-mode.ts";

/** The manager of the engine at an endpoint. `managed`: we, on this machine. `remote`: somebody else, elsewhere. */
export type ManagedBy =
	| { readonly kind: "managed"; readonly maySpawn: boolean }
	| { readonly kind: "remote" };

/**
 * Decides who manages the engine at an endpoint. With `auto` and `never`, it is managed here if the endpoint is on this
 * machine or `bindHost` is the endpoint's host.
 *
 * @param bindHost - The option: the host that the engine binds.
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
