import { unrecordedSettingsMissing } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import { answersAt } from "@rivetkit/engine-instances";
import { type Mismatch, SPAWNING_IS_OFF, versionMismatchError } from "@rivetkit/engine-lifecycle";
import { requireExpected } from "@rivetkit/engine-lifecycle/decisions";
import { type AreaFinding, asFinding, notice } from "../finding.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks whether a start could replace the running engine with another version. Only the start itself finds out whether
 * this package has started the engine, and whether other programs are connected to it.
 */
export function checkReplacement(observations: Observations, mismatch: Mismatch): AreaFinding {
	const { configuration, sources, living } = observations;
	const { managedBy } = configuration.target;
	const { expected, actual } = mismatch;
	const endpoint = configuration.endpoint.value;
	if (managedBy.kind === "managed" && !managedBy.maySpawn) {
		return asFinding("problem", versionMismatchError(endpoint, mismatch, { reason: SPAWNING_IS_OFF }));
	}
	const record = living !== undefined && answersAt(living, configuration) ? living : undefined;
	const missing = unrecordedSettingsMissing(configuration, record);
	if (missing.length > 0) {
		const notRestarted = {
			reason: `it was started with ${missing.join(", ")}, which this start does not give`,
			hint: "Give the options or variables that it was started with, or stop it first with `stopEngine`.",
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
		'If the engine should keep running, accept its version with `onVersionMismatch: "warn"`.',
	);
}
