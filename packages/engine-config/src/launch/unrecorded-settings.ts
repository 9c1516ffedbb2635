import type { ClusterSettings } from "../cluster/read-cluster.ts";
import type { LaunchConfiguration } from "./read-launch.ts";

/** What an engine is given, as far as no record tells it. */
export type GivenSettings = Pick<LaunchConfiguration, "env" | "config" | "peerHost" | "metricsHost"> &
	Pick<ClusterSettings, "storage" | "messaging" | "datacenterLabel" | "peerUrl" | "adminToken">;

/**
 * The names of what an engine was given that no record tells, which whoever takes its place must give as well. No
 * values: they may be secrets.
 */
export function namesOfUnrecordedSettings({
	env,
	config,
	peerHost,
	metricsHost,
	storage,
	messaging,
	datacenterLabel,
	peerUrl,
	adminToken,
}: GivenSettings): readonly string[] {
	return [
		...Object.keys(env.value)
			.filter((name) => !SHUTDOWN.test(name))
			.map((name) => `env.${name}`),
		...Object.keys(config.value ?? {}).map((name) => `config.${name}`),
		...(peerHost.value === undefined ? [] : ["peerHost"]),
		...(metricsHost.value === undefined ? [] : ["metricsHost"]),
		...(storage.value.kind === "file-system" ? [] : ["storage"]),
		...(messaging.value.kind === "memory" ? [] : ["messaging"]),
		...(datacenterLabel.value === undefined && peerUrl.value === undefined ? [] : ["topology"]),
		...(adminToken.value ? ["adminToken"] : []),
	].sort();
}

/** Shutdown durations are not kept: a foreground run derives them from its grace at every start. */
const SHUTDOWN = /^RIVET__RUNTIME__\w+_SHUTDOWN_DURATION$/i;

/** Which of the settings that a recorded engine was given a configuration does not give. */
export function unrecordedSettingsMissing(
	settings: GivenSettings,
	record: { readonly given?: readonly string[] | undefined } | undefined,
): readonly string[] {
	const given = namesOfUnrecordedSettings(settings);
	return (record?.given ?? []).filter((name) => !given.includes(name));
}

/** Those without which an engine would be on another database, or open to everybody. */
export const NEVER_DROPPED: readonly string[] = ["storage", "messaging", "adminToken"];
