import type { Environment, Logger } from "@rivetkit/engine-core";
import { tolerantLogger } from "@rivetkit/engine-core";
import { sweepLeftovers } from "./cleanup/sweep-leftovers.ts";
import { processEnvironment } from "./environment.ts";
import { ephemeralFolder } from "./reservation/reservation.ts";

/** The longest wait for another process that is sweeping, in milliseconds. */
const WAIT_MS = 10_000;

/** Options of `sweepEphemeralEngines`. */
export interface SweepEphemeralEnginesOptions {
	/** The variables that name the temporary folder. @defaultValue those of this process */
	readonly environment?: Environment | undefined;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
}

/**
 * Ends the throw-away engines whose processes are all proven dead, and removes their files, as each
 * `startEphemeralEngine` does. Engines that cannot be removed are logged.
 *
 * @throws EngineError `read_only` if the temporary folder cannot be used.
 */
export async function sweepEphemeralEngines({
	environment = processEnvironment(),
	logger,
}: SweepEphemeralEnginesOptions = {}): Promise<void> {
	await sweepLeftovers(ephemeralFolder(environment), { logger: tolerantLogger(logger), waitMs: WAIT_MS });
}
