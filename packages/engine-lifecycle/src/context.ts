import {
	abortSignal,
	type BinaryConfiguration,
	type Check,
	callback,
	currentFolder,
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

/** The checks of the options that a call takes beside those of every call and of the engine. */
export type OwnChecks<Own> = { readonly [Name in keyof Required<Own>]: Check };

/** What every step of a call needs, of a call that takes no more than these groups of options. */
export interface CallContext<Configuration> {
	readonly configuration: Configuration;
	readonly logger: Logger;
	readonly signal: AbortSignal | undefined;
	readonly emit: (event: EngineEvent) => void;
	readonly stopwatch: Stopwatch;
}

/** What every step of a start needs. */
export interface EngineContext extends CallContext<EngineConfiguration> {}

/**
 * Reads the options and begins to measure.
 *
 * @param own - The checks of the call's own options. They are checked with the others, so that an error about an unknown
 * option lists them all.
 * @throws EngineError as `readEngineConfiguration`; the signal's reason if it is aborted already.
 */
export function openContext<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): EngineContext {
	return open(options, own, readEngineConfiguration);
}

/**
 * {@link openContext} for calls that find an engine, or stop it. No secret is read.
 *
 * @throws EngineError `invalid_option` for any option, and for the variables of a target; `invalid_endpoint`; the
 * signal's reason if it is aborted already.
 */
export function openTarget<Own extends object>(
	options: EngineOptions & CallOptions & NoInfer<Own>,
	own?: OwnChecks<Own>,
): CallContext<TargetConfiguration> {
	return open(options, own, (rest, environment) => readTarget(rest, environment));
}

/** What says which binary is meant, where it is cached, and which variables may name it. */
export type BinaryTarget = TargetConfiguration &
	BinaryConfiguration &
	Pick<EngineConfiguration, "environment" | "workingDirectory">;

/**
 * {@link openTarget} for calls that look for a binary, too.
 *
 * @throws EngineError as `openTarget`; `invalid_option` for the variables of a binary.
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
 * {@link openContext} for calls that compare an engine with what is wanted, or ask its database, and start nothing: a
 * variable of a secret that cannot be used is a warning.
 *
 * @throws EngineError as `openContext`, for everything else.
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
	const { environment, logger: given, signal, onEvent } = options;
	requireEnvironment(environment);
	const configuration = read(engineOptionsIn(options), environment);
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

/** Leaves out the options that are not about the engine. */
function engineOptionsIn(options: EngineOptions): EngineOptions {
	return Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]]));
}

/** The records of the instance that a call is about. */
export function recordedInstance({
	configuration,
	logger,
}: Pick<CallContext<Pick<TargetConfiguration, "target">>, "configuration" | "logger">): RecordedInstance {
	return { layout: configuration.target.layout, logger };
}
