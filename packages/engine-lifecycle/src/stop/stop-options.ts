import type { EngineOptions } from "@rivetkit/engine-config";
import { duration, flag, invalidOptionError } from "@rivetkit/engine-config";
import { type CallOptions, type EngineContext, openContext } from "../context.ts";

/** Which engine to stop, how long it may take, and whether it has to be one that is known. */
export interface StopOptions extends EngineOptions {
	/** How long the engine has to end by itself before it is killed, in milliseconds. @defaultValue 10000 */
	readonly graceMs?: number | undefined;
	/**
	 * Whether to end also an engine that neither this package nor rivetkit has recorded, and, in a restart, one
	 * that others are connected to. It has to be proven to be the engine of this storage all the same.
	 * @defaultValue false
	 */
	readonly force?: boolean | undefined;
}

/** How long an engine has to end by itself before it is killed, in milliseconds. */
export const DEFAULT_GRACE_MS = 10_000;

/**
 * Reads the options of a stop or restart.
 *
 * @param open - What reads the rest of them.
 * @throws EngineError as `openContext`.
 */
export function openStop(
	options: StopOptions & CallOptions,
	open: typeof openContext = openContext,
): { readonly context: EngineContext; readonly graceMs: number; readonly force: boolean } {
	const { graceMs = DEFAULT_GRACE_MS, force = false, ...rest } = options;
	const checks = [
		["graceMs", graceMs, duration(graceMs)],
		["force", force, flag(force)],
	] as const;
	for (const [name, value, expected] of checks) {
		if (expected !== undefined) throw invalidOptionError(name, value, expected);
	}
	return { context: open(rest), graceMs, force };
}
