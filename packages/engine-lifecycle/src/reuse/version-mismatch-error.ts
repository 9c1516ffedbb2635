import { type EngineEndpoint, EngineError } from "@rivetkit/engine-core";
import type { Mismatch } from "../engine.ts";

/**
 * Makes the error for an engine of another version than a start would bring.
 *
 * @param notRestarted - The reason why the engine was not replaced, if the options ask for that.
 */
export function versionMismatchError(
	endpoint: EngineEndpoint,
	mismatch: Mismatch,
	notRestarted?: { readonly reason: string; readonly hint?: string | undefined; readonly cause?: unknown },
): EngineError<"version_mismatch"> {
	const { expected, actual } = mismatch;
	const why = notRestarted === undefined ? "" : ` It was not restarted: ${notRestarted.reason}.`;
	const hint =
		notRestarted?.hint ??
		'Stop it (`stopEngine` with the same options) and start again, or accept it with `onVersionMismatch: "warn"`.';
	return new EngineError(
		"version_mismatch",
		`The engine at '${endpoint.url}' is ${actual}; ${expected} was expected.${why}`,
		{ metadata: { ...mismatch, reason: notRestarted?.reason, hint }, cause: notRestarted?.cause },
	);
}
