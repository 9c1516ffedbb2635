import {
	type EngineEndpoint,
	isAbortSignal,
	isDuration,
	isRecord,
	isText,
	requireOption,
} from "@rivetkit/engine-core";

/**
 * Checks what an engine is asked by: its endpoint, the limits of time and the signal, each if it is given.
 *
 * @throws EngineError `invalid_option`, naming the argument.
 */
export function requireArguments(
	endpoint: string | EngineEndpoint,
	times: Readonly<Record<string, number | undefined>>,
	signal: AbortSignal | undefined,
): void {
	requireOption("endpoint", isText(endpoint) || isRecord(endpoint), "a URL, or what `parseEndpoint` returns");
	for (const [name, value] of Object.entries(times)) {
		requireOption(name, value === undefined || isDuration(value), "a number of milliseconds, 0 or more");
	}
	requireOption("signal", signal === undefined || isAbortSignal(signal), "an AbortSignal");
}
