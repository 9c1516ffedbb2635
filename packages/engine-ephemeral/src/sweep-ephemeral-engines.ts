import { type Check, checkOptions } from "@rivetkit/engine-config";
import { type Environment, type Logger, tolerantLogger } from "@rivetkit/engine-core";
import { CALL_CHECKS } from "@rivetkit/engine-lifecycle";
import { sweepLeftovers } from "./cleanup/sweep-leftovers.ts";
import { processEnvironment } from "./environment.ts";
import { ephemeralFolder } from "./reservation/reservation.ts";

/** The maximum wait for another process that is sweeping, in milliseconds. */
const WAIT_MS = 10_000;

/** Options of `sweepEphemeralEngines`. */
export interface SweepEphemeralEnginesOptions {
	/** The environment variables, which name the temporary folder. @defaultValue those of this process */
	readonly environment?: Environment | undefined;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
}

const CHECKS: { readonly [Name in keyof Required<SweepEphemeralEnginesOptions>]: Check } = {
	environment: CALL_CHECKS.environment,
	logger: CALL_CHECKS.logger,
};

/**
 * Ends the throw-away engines whose hosts are proven dead, and removes their files. A host is the process that started an
 * engine. Every `startEphemeralEngine` does the same. Engines that cannot be removed are logged.
 *
 * @throws EngineError `invalid_option`; `read_only` if the temporary folder cannot be used.
 */
export async function sweepEphemeralEngines(options: SweepEphemeralEnginesOptions = {}): Promise<void> {
	checkOptions(options, CHECKS);
	const { environment = processEnvironment(), logger } = options;
	await sweepLeftovers(ephemeralFolder(environment), { logger: tolerantLogger(logger), waitMs: WAIT_MS });
}
