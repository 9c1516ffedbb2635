import { processEnvironment } from "./environment.ts";
import type { EphemeralEngine } from "./ephemeral-engine.ts";
import type { BoundOptions, EphemeralEngineOptions } from "./ephemeral-options.ts";
import { ephemeralFolder } from "./reservation/reservation.ts";
import { validateEphemeralOptions } from "./run/ephemeral-context.ts";
import { launchEphemeral } from "./run/launch-ephemeral.ts";
import { privateEngine } from "./run/private-engine.ts";

/**
 * Starts a throw-away engine for tests, on free ports, with a temporary storage and telemetry off. Resolves when the
 * engine is healthy. The caller must dispose of the engine. The call also removes engines whose processes were killed.
 *
 * @throws EngineError with a code of `EngineEphemeralErrorCode`, such as `read_only` if the temporary folder cannot be
 * used; the signal's reason if aborted.
 */
export async function startEphemeralEngine(options: EphemeralEngineOptions = {}): Promise<EphemeralEngine> {
	validateEphemeralOptions(options);
	options.signal?.throwIfAborted();
	const bound: BoundOptions = { ...options, environment: options.environment ?? processEnvironment() };
	const folder = ephemeralFolder(bound.environment);
	return privateEngine(bound, await launchEphemeral(bound, folder));
}
