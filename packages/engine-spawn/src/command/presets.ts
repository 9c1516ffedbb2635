import type { EnginePreset } from "@rivetkit/engine-core";
import { isVersionAtLeast } from "@rivetkit/engine-core/version";

/**
 * Returns the environment variables of a preset that an engine of this version understands: an engine refuses to
 * start on a key that it does not know. For an unknown version they are the keys that every version knows.
 *
 * @see rivetkit 2.3.19, which passes the same values to the engine that it starts.
 */
export function presetVariables(
	preset: EnginePreset,
	engineVersion: string | undefined,
): Readonly<Record<string, string>> {
	if (preset === "engine-defaults") return {};
	const groups = LOCAL_DEV.filter(
		({ since }) =>
			since === undefined || (engineVersion !== undefined && isVersionAtLeast(engineVersion, since)),
	);
	return Object.assign({}, ...groups.map(({ variables }) => variables));
}

const LOCAL_DEV: readonly {
	readonly since?: string;
	readonly variables: Readonly<Record<string, string>>;
}[] = [
	{
		variables: {
			RIVET__PEGBOARD__RETRY_RESET_DURATION: "100",
			RIVET__PEGBOARD__BASE_RETRY_TIMEOUT: "100",
			RIVET__PEGBOARD__RESCHEDULE_BACKOFF_MAX_EXPONENT: "1",
			RIVET__PEGBOARD__RUNNER_ELIGIBLE_THRESHOLD: "5000",
			RIVET__PEGBOARD__RUNNER_LOST_THRESHOLD: "7000",
			RIVET__PEGBOARD__ENVOY_ELIGIBLE_THRESHOLD: "5000",
			RIVET__PEGBOARD__ENVOY_LOST_THRESHOLD: "7000",
			RIVET__PEGBOARD__MIN_METADATA_POLL_INTERVAL: "1000",
			RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: "1",
			RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: "1",
			RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: "2",
		},
	},
	{
		// The previews of 2.3.17 know these variables, too.
		since: "2.3.17-0",
		variables: {
			RIVET__FEATURES__GUARD_GATEWAY_V3__MODE: "on",
			RIVET__FEATURES__GUARD_GATEWAY_V3__PERCENTAGE: "100",
		},
	},
];
