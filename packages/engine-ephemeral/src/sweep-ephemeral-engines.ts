import type { Environment, Logger } from "@rivetkit/engine-core";
import { tolerantLogger } from "@rivetkit/engine-core";
import { sweepLeftovers } from "./cleanup/sweep-leftovers.ts";
import { processEnvironment } from "./environment.ts";
import { ephemeralFolder } from "./reservation/reservation.ts";

/** How long another process that is at it is waited for, in milliseconds. */
const WAIT_MS = 10_000;

/**
 * Ends the throw-away engines whose processes are all proven dead, and removes their files, as each
 * `startEphemeralEngine` does. What cannot be removed is told to the logger.
 *
 * @throws EngineError `read_only` where the temporary folder cannot be used.
 */
export async function sweepEphemeralEngines({
	environment = processEnvironment(),
	logger,
}: {
	/** Where the temporary folder is named. @defaultValue that of this process */
	readonly environment?: Environment | undefined;
	readonly logger?: Logger | undefined;
} = {}): Promise<void> {
	await sweepLeftovers(ephemeralFolder(environment), { logger: tolerantLogger(logger), waitMs: WAIT_MS });
}
