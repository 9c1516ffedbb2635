import { duration, type EngineOptions, flag } from "@rivetkit/engine-config";
import type { CallContext, CallOptions, OwnChecks } from "../context.ts";

/** Options of a stop. */
export interface StopOptions {
	/** How long the engine has to end by itself before it is killed, in milliseconds. @defaultValue 10000 */
	readonly graceMs?: number | undefined;
	/**
	 * True to end also an engine that neither this package nor rivetkit has recorded and, in a restart, an engine that
	 * other programs are connected to. The proof that the engine belongs to this storage is still required.
	 * @defaultValue false
	 */
	readonly force?: boolean | undefined;
}

/** How long an engine has to end by itself before it is killed, in milliseconds. */
export const DEFAULT_GRACE_MS = 10_000;

/**
 * Reads the options of a stop or restart.
 *
 * @param open - Reads the other options.
 * @throws EngineError like `open`; `invalid_option`.
 */
export function openStop<Configuration>(
	options: EngineOptions & StopOptions & CallOptions,
	open: (
		options: EngineOptions & StopOptions & CallOptions,
		own: OwnChecks<StopOptions>,
	) => CallContext<Configuration>,
): { readonly context: CallContext<Configuration>; readonly graceMs: number; readonly force: boolean } {
	const context = open(options, { graceMs: duration, force: flag });
	const { graceMs = DEFAULT_GRACE_MS, force = false } = options;
	return { context, graceMs, force };
}
