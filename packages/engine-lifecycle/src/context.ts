import {
	abortSignal,
	type BinaryConfiguration,
	type Check,
	callback,
	type EngineConfiguration,
	type EngineOptions,
	logger as loggerCheck,
	OPTION_NAMES,
	readBinary,
	readEngineConfiguration,
	readTarget,
	readUsableConfiguration,
	requireEnvironment,
	type TargetConfiguration,
	validateOptions,
	variables,
} from "@rivetkit/engine-config";

import { currentFolder, type Environment, type Logger, tolerantLogger } from "@rivetkit/engine-core";
import type { RecordedInstance } from "@rivetkit/engine-instances";
import type { EngineEvent } from "./events.ts";
import { type Stopwatch, startStopwatch } from "./timings.ts";

/** Options that every call takes, in addition to the options of the engine. */
export interface CallOptions {
	/** Environment variables: the call reads its settings from them, and an engine that it starts inherits them. */
	readonly environment: Environment;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
	/**
	 * Aborts the call, which then rejects with the signal's reason; an engine that is not yet healthy is ended, too.
	 * Without effect once the call has returned.
	 */
	readonly signal?: AbortSignal | undefined;
	/** Called for every step, and for crashes and restarts until the handle is disposed of. */
	readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** Checks of the options that every call takes. */
export const CALL_CHECKS: { readonly [Name in keyof Required<CallOptions>]: Check } = {
	environment: variables,
	logger: loggerCheck,
	signal: abortSignal,
	onEvent: callback,
};

/** The checks of a call's own options: neither options of every call nor options of the engine. */
export type OwnChecks<Own> = { readonly [Name in keyof Required<Own>]: Check };

/** Everything that the steps of a call need. `Configuration` holds the groups of options that the call takes. */
export interface CallContext<Configuration> {
	readonly configuration: Configuration;
	readonly logger: Logger;
	readonly signal: AbortSignal | undefined;
	readonly emit: (event: EngineEvent) => void;
	readonly stopwatch: Stopwatch;
}

/** Everything that the steps of a start need. */
export interface EngineContext extends CallContext<EngineConfiguration> {}

/**
 * Reads the options of a call and starts its stopwatch.
 *
 * @param own - The checks of the call's own options. They are checked with the others, so that an error about an
 * unknown option lists them all.
 * @throws EngineError like `readEngineConfiguration`; the signal's reason if it is aborted already.
 */
export function openContext<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): EngineContext {
	return open(options, own, readEngineConfiguration);
}

/**
 * Opens a context for calls that find or stop an engine. No secret is read.
 *
 * @throws EngineError `invalid_option` for any option, and for the environment variables of a target;
 * `invalid_endpoint`; the signal's reason if it is aborted already.
 */
export function openTarget<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): CallContext<TargetConfiguration> {
	return open(options, own, (rest, environment) => readTarget(rest, environment));
}

/**
 * The settings for finding a binary: its version, the cache folder, and the environment variables that may name a
 * path.
 */
export type BinaryTarget = TargetConfiguration &
	BinaryConfiguration &
	Pick<EngineConfiguration, "environment" | "workingDirectory">;

/**
 * Opens a context like {@link openTarget}, for calls that also look for a binary.
 *
 * @throws EngineError as `openTarget`; `invalid_option` for the environment variables of a binary.
 */
export function openBinary<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): CallContext<BinaryTarget> {
	return open(options, own, (rest, environment) => {
		const workingDirectory = currentFolder();
		return {
			...readTarget(rest, environment, workingDirectory),
			...readBinary(rest, environment, workingDirectory),
			environment,
			workingDirectory,
		};
	});
}

/**
 * Opens a context for calls that compare an engine with what is wanted, or ask its database, and start nothing. An
 * unusable secret variable is only a warning here.
 *
 * @throws EngineError like `openContext`, for everything else.
 */
export function openComparison<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): EngineContext {
	const { configuration, ...context } = open(options, own, readUsableConfiguration);
	for (const { message } of configuration.flaws) {
		context.logger.warn({ reason: message }, "a variable is left out");
	}
	return { ...context, configuration: configuration.configuration };
}

function open<Configuration, Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own: OwnChecks<Own> | undefined,
	read: (options: EngineOptions, environment: Environment) => Configuration,
): CallContext<Configuration> {
	const stopwatch = startStopwatch();
	validateOptions(options, { ...own, ...CALL_CHECKS });
	const { environment, logger: callersLogger, signal, onEvent } = options;
	requireEnvironment(environment);
	const configuration = read(engineOptionsIn(options), environment);
	signal?.throwIfAborted();
	const logger = tolerantLogger(callersLogger);
	const emit = (event: EngineEvent): void => {
		try {
			onEvent?.(event);
		} catch (error) {
			logger.warn({ event: event.kind, error }, "the callback `onEvent` has thrown");
		}
	};
	return { configuration, logger, signal, emit, stopwatch };
}

/** Leaves out the options that are not about the engine. */
function engineOptionsIn(options: EngineOptions): EngineOptions {
	return Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]]));
}

/** Returns the instance whose records a call reads and writes, and the logger for warnings about them. */
export function recordedInstance({
	configuration,
	logger,
}: Pick<CallContext<Pick<TargetConfiguration, "target">>, "configuration" | "logger">): RecordedInstance {
	return { layout: configuration.target.layout, logger };
}
