import { type Environment, type Logger, type LogMethod, silentLogger } from "@rivetkit/engine-core";
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

/** A start that broke off in the caller's logger would leave an engine that nobody waits for. */
export function tolerantLogger(logger: Logger = silentLogger): Logger {
	const guarded =
		(level: keyof Logger): LogMethod =>
		(fields, message) => {
			try {
				logger[level](fields, message);
			} catch {
				// There is nowhere left to tell it.
			}
		};
	return { debug: guarded("debug"), info: guarded("info"), warn: guarded("warn"), error: guarded("error") };
}
