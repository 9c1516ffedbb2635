import { unrecordedSettingsMissing } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import { answersAt } from "@rivetkit/engine-instances";
import { type Mismatch, SPAWNING_IS_OFF, versionMismatchError } from "@rivetkit/engine-lifecycle";
import { requireExpected } from "@rivetkit/engine-lifecycle/decisions";
import { type AreaFinding, asFinding, notice } from "../finding.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks whether a start could replace the engine that answers by another version. Only the start itself finds out
 * whether this package has started the engine, and whether other programs are connected to it.
 */
export function checkReplacement(observations: Observations, mismatch: Mismatch): AreaFinding {
	const { configuration, management, sources, living } = observations;
	const { expected, actual } = mismatch;
	const endpoint = configuration.endpoint.value;
	if (management.kind === "managed" && !management.maySpawn) {
		return asFinding("problem", versionMismatchError(endpoint, mismatch, { reason: SPAWNING_IS_OFF }));
	}
	const owner = living !== undefined && answersAt(living, configuration) ? living : undefined;
	const missing = unrecordedSettingsMissing(configuration, owner);
	if (missing.length > 0) {
		const notRestarted = {
			reason: `it was started with ${missing.join(", ")}, which this start does not give`,
			hint: "Give the options, flags or variables that it was started with, or stop it first (`rivet-enginectl stop`).",
		};
		return asFinding("problem", versionMismatchError(endpoint, mismatch, notRestarted));
	}
	try {
		if (sources.outcome.kind === "binary") requireExpected(sources.outcome.binary, mismatch);
	} catch (error) {
		if (!isEngineError(error)) throw error;
		const notRestarted = { reason: error.message, hint: error.metadata.hint };
		return asFinding("problem", versionMismatchError(endpoint, mismatch, notRestarted));
	}
	return notice(
		`Its version is ${actual}; a start would restart it as ${expected}, if this package has started it and nobody is connected to it.`,
		"Accept it as it is with `onVersionMismatch` (`--on-version-mismatch`) `warn`, if it shall go on.",
	);
}
