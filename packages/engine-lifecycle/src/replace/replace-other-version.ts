import type { ManagedBy } from "@rivetkit/engine-config";
import { EngineError, isEngineError, isVersionAtLeast } from "@rivetkit/engine-core";
import { findTarget, proveTarget } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { underStartLocks } from "../contention/start-locks.ts";
import type { EngineContext } from "../context.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import type { Engine, Mismatch } from "../engine.ts";
import { startAlone } from "../launch/start-alone.ts";
import type { ComparedEngine } from "../reuse/compare-engine.ts";
import { compareFound, reuseCompared } from "../reuse/reuse-engine.ts";
import { versionMismatch } from "../reuse/version-mismatch-error.ts";
import { DEFAULT_GRACE_MS } from "../stop/stop-options.ts";
import { atRecordedAddress, prepareReplacement, replaceEngine } from "./replace-engine.ts";

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
		throw versionMismatch(endpoint.value, mismatch, { reason: SPAWNING_IS_OFF });
	}
	return await underStartLocks(context, () => replaceAlone(context), undefined);
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
		throw versionMismatch(context.configuration.endpoint.value, mismatch, {
			reason,
			hint: metadata.hint,
			cause: error,
		});
	});
	return (await replaceEngine(replacement, DEFAULT_GRACE_MS)).engine;
}

async function prepare(
	context: EngineContext,
	mismatch: Mismatch,
): Promise<Awaited<ReturnType<typeof prepareReplacement>>> {
	const target = await findTarget(context.configuration);
	const proven = await proveTarget(context.configuration.target.layout, target, {
		force: false,
		signal: context.signal,
	});
	return await prepareReplacement(atRecordedAddress(context, target), target, {
		proven,
		running: mismatch.actual,
		force: false,
		accept: (binary) => requireExpected(binary, mismatch),
	});
}

/**
 * Nobody must find again what this restart is to end, and no two programs replace each other's engine in turn:
 * the new one is what was expected, by its own words, and it is the newer one.
 *
 * @throws EngineError `version_mismatch`
 */
export function requireExpected(
	{ path, version }: Pick<ResolvedBinary, "path" | "version">,
	{ expected, actual = "" }: Mismatch,
): void {
	// Either alone would let versions pass that differ in a suffix only, or that have no numbers.
	const isNewer =
		version !== undefined && isVersionAtLeast(version, actual) && !isVersionAtLeast(actual, version);
	if (version === expected && isNewer) return;
	const said = version === undefined ? "does not say its version" : `is ${version}`;
	throw new EngineError(
		"version_mismatch",
		version === expected
			? `Engine ${version} is not newer than the one that runs`
			: `The binary that would be started, '${path}', ${said}`,
		{
			metadata: {
				hint: `Use an engine newer than ${actual} (\`version\`, \`--engine-version\`), or a database of its own with \`instancePath\` (\`--instance\`).`,
			},
		},
	);
}

function versionOf({ mismatch }: ComparedEngine): Mismatch | undefined {
	return mismatch.find(({ field }) => field === "version");
}
