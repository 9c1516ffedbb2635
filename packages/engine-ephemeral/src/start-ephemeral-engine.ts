import { processEnvironment } from "./environment.ts";
import type { EphemeralEngine } from "./ephemeral-engine.ts";
import type { EphemeralEngineOptions } from "./ephemeral-options.ts";
import { ephemeralFolder } from "./reservation/reservation.ts";
import { validateEphemeralOptions } from "./run/ephemeral-context.ts";
import { launchEphemeral } from "./run/launch-ephemeral.ts";
import { privateEngine } from "./run/private-engine.ts";
import { joinSharedEngine } from "./sharing/shared-engine.ts";

/**
 * Starts a throw-away engine for tests: on free ports, with a temporary storage and telemetry off. Answers when it is
 * healthy. The caller disposes of it; what a process that was killed has left behind is removed by the next call.
 *
 * @throws EngineError with a code of `EngineManagerErrorCode`, such as `read_only` where the temporary folder
 * cannot be used; the signal's reason if aborted.
 */
export async function startEphemeralEngine(options: EphemeralEngineOptions = {}): Promise<EphemeralEngine> {
	const { environment = processEnvironment() } = options;
	validateEphemeralOptions(options);
	options.signal?.throwIfAborted();
	const folder = ephemeralFolder(environment);
	if (options.sharedKey !== undefined) return await joinSharedEngine(environment, options, folder);
	const launched = await launchEphemeral(environment, options, { folder, sharedAs: null });
	return privateEngine(environment, options, launched);
}
