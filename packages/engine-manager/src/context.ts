import { type Environment, type Logger, tolerantLogger } from "@rivetkit/engine-core";
import { type EngineConfiguration, readEngineConfiguration } from "./configuration.ts";
import type { EngineEvent } from "./events.ts";
import type { EngineOptions } from "./options.ts";
import { type Stopwatch, startStopwatch } from "./timings.ts";
import type { RecordsOf } from "./update-owner.ts";

/** What every step of a call needs. */
export interface EngineContext {
	readonly configuration: EngineConfiguration;
	readonly logger: Logger;
	readonly signal: AbortSignal | undefined;
	readonly emit: (event: EngineEvent) => void;
	readonly stopwatch: Stopwatch;
}

/**
 * Reads the options and begins to measure.
 *
 * @throws EngineError as `readEngineConfiguration`; the signal's reason if it is aborted already.
 */
export function openContext(options: EngineOptions, environment: Environment): EngineContext {
	const stopwatch = startStopwatch();
	const configuration = readEngineConfiguration(options, environment);
	options.signal?.throwIfAborted();
	const { signal, onEvent } = options;
	const logger = tolerantLogger(options.logger);
	const emit = (event: EngineEvent): void => {
		try {
			onEvent?.(event);
		} catch (error) {
			logger.warn({ event: event.kind, error }, "the callback `onEvent` has thrown");
		}
	};
	return { configuration, logger, signal, emit, stopwatch };
}

/** The records of the instance that a call is about. */
export function recordsOf({ configuration, logger }: EngineContext): RecordsOf {
	return { layout: configuration.layout, logger };
}
