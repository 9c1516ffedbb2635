import type { ManagedBy } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import { findTarget, proveTarget } from "@rivetkit/engine-instances";
import { underStartLocks } from "../contention/start-locks.ts";
import type { EngineContext } from "../context.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import type { Engine, Mismatch } from "../engine.ts";
import { startAlone } from "../launch/start-alone.ts";
import type { ComparedEngine } from "../reuse/compare-engine.ts";
import { compareFound, reuseCompared } from "../reuse/reuse-engine.ts";
import { versionMismatchError } from "../reuse/version-mismatch-error.ts";
import { DEFAULT_GRACE_MS } from "../stop/stop-options.ts";
import { checkReplacement, type Replacement } from "./check-replacement.ts";
import { atRecordedAddress, replaceEngine } from "./replace-engine.ts";

/**
 * Reuses the engine that was found, or replaces it if it has another version and `onVersionMismatch` is `restart`. A
 * call replaces at most one engine, under the start locks, so that other hosts wait and then reuse the new engine.
 *
 * @throws EngineError like `reuseEngine` and `startOrReuse`; `version_mismatch` with the reason if the engine may not
 * be replaced.
 */
export async function replaceOtherVersion(
	context: EngineContext,
	found: FoundEngine,
	managedBy: Extract<ManagedBy, { readonly kind: "managed" }>,
): Promise<Engine> {
	const compared = await compareFound(context, found);
	const { onVersionMismatch, endpoint } = context.configuration;
	const mismatch = versionOf(compared);
	if (onVersionMismatch.value !== "restart" || mismatch === undefined)
		return await reuseCompared(context, compared);
	if (!managedBy.maySpawn) {
		throw versionMismatchError(endpoint.value, mismatch, { reason: SPAWNING_IS_OFF });
	}
	return await underStartLocks(context, { start: () => replaceAlone(context) });
}

/** The reason why an engine is not replaced if no engine may be started. */
export const SPAWNING_IS_OFF = "starting an engine is turned off";

/** Replaces the engine under the start locks, unless another host has done so while this host waited for them. */
async function replaceAlone(context: EngineContext): Promise<Engine> {
	const found = await findRunningEngine(context, { bindTest: false });
	if (found === undefined) return await startAlone(context);
	const compared = await compareFound(context, found);
	const mismatch = versionOf(compared);
	if (mismatch === undefined) return await reuseCompared(context, compared);
	const replacement = await prepare(context, mismatch).catch((error: unknown) => {
		if (!isEngineError(error)) throw error;
		const { message, metadata } = error;
		const reason = message.replace(/\.$/, "");
		throw versionMismatchError(context.configuration.endpoint.value, mismatch, {
			reason,
			hint: metadata.hint,
			cause: error,
		});
	});
	return (await replaceEngine(replacement, DEFAULT_GRACE_MS)).engine;
}

async function prepare(context: EngineContext, mismatch: Mismatch): Promise<Replacement> {
	const target = await findTarget(context.configuration);
	const proven = await proveTarget(context.configuration.target.layout, target, {
		force: false,
		signal: context.signal,
	});
	return await checkReplacement(atRecordedAddress(context, target), target, {
		proven,
		running: mismatch.actual,
		force: false,
		requireBinary: async (binary) => {
			// Another entry of this package, loaded here with the comparison of versions, which a reuse does without.
			const { requireExpected } = await import("@rivetkit/engine-lifecycle/decisions");
			requireExpected(binary, mismatch);
		},
	});
}

function versionOf({ mismatch }: ComparedEngine): Mismatch | undefined {
	return mismatch.find(({ field }) => field === "version");
}
