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
 * Reuses the engine that was found, or, if it is of another version and the options say so, has the one that
 * was expected take its place: once a call, under the locks of a start, so that all others wait and then reuse
 * the new one.
 *
 * @throws EngineError as `reuseEngine`; `version_mismatch` with the reason where it may not be replaced.
 */
export async function replaceOtherVersion(
	context: EngineContext,
	found: FoundEngine,
	management: Extract<ManagedBy, { readonly kind: "managed" }>,
): Promise<Engine> {
	const compared = await compareFound(context, found);
	const { onVersionMismatch, endpoint } = context.configuration;
	const mismatch = versionOf(compared);
	if (onVersionMismatch.value !== "restart" || mismatch === undefined)
		return await reuseCompared(context, compared);
	if (!management.maySpawn) {
		throw versionMismatchError(endpoint.value, mismatch, { reason: SPAWNING_IS_OFF });
	}
	return await underStartLocks(context, { start: () => replaceAlone(context) });
}

/** Why an engine is not replaced where none may be started. */
export const SPAWNING_IS_OFF = "starting an engine is turned off";

/** Another host may have replaced it while this one waited for the locks. */
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
			// Loaded here, since it loads the comparison of versions, which a reuse does without.
			const { requireExpected } = await import("./require-expected.ts");
			requireExpected(binary, mismatch);
		},
	});
}

function versionOf({ mismatch }: ComparedEngine): Mismatch | undefined {
	return mismatch.find(({ field }) => field === "version");
}
