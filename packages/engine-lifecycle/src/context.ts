import type { EngineOptions } from "@rivetkit/engine-config";
import {
	abortSignal,
	type Check,
	callback,
	checkOptions,
	type EngineConfiguration,
	logger as loggerCheck,
	readEngineConfiguration,
	variables,
} from "@rivetkit/engine-config";
import { type Environment, type Logger, tolerantLogger } from "@rivetkit/engine-core";
import type { RecordedInstance } from "@rivetkit/engine-instances";
import type { EngineEvent } from "./events.ts";
import { type Stopwatch, startStopwatch } from "./timings.ts";

/** What every call takes beside the options of the engine that it is about. */
export interface CallOptions {
	/** The variables that the call goes by, and that an engine inherits. */
	readonly environment: Environment;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
	/**
	 * Ends the call, which then rejects with the signal's reason; an engine that is not yet healthy is ended too.
	 * Once the call has returned, it does nothing any more.
	 */
	readonly signal?: AbortSignal | undefined;
	/** Told of every step, and of crashes and restarts while the handle is held. */
	readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** What the options of a call must be. */
export const CALL_CHECKS: { readonly [Name in keyof Required<CallOptions>]: Check } = {
	environment: variables,
	logger: loggerCheck,
	signal: abortSignal,
	onEvent: callback,
};

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
export function openContext(options: EngineOptions & CallOptions): EngineContext {
	const stopwatch = startStopwatch();
	const { environment, logger: given, signal, onEvent, ...rest } = options;
	checkOptions({ environment, logger: given, signal, onEvent }, CALL_CHECKS);
	const configuration = readEngineConfiguration(rest, environment);
	signal?.throwIfAborted();
	const logger = tolerantLogger(given);
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
export function recordedInstance({ configuration, logger }: EngineContext): RecordedInstance {
	return { layout: configuration.layout, logger };
}
