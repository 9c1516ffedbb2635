import { type Environment, type Logger, silentLogger } from "@rivetkit/engine-core";
import { type EngineConfiguration, readEngineConfiguration } from "./configuration.ts";
import type { EngineEvent } from "./events.ts";
import type { EngineOptions } from "./options.ts";
import { type Stopwatch, startStopwatch } from "./timings.ts";

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
	const { logger = silentLogger, signal, onEvent } = options;
	const emit = (event: EngineEvent): void => {
		try {
			onEvent?.(event);
		} catch (error) {
			// A start that broke off here would leave an engine that nobody waits for.
			logger.warn({ event: event.kind, error }, "the callback `onEvent` has thrown");
		}
	};
	return { configuration, logger, signal, emit, stopwatch };
}
