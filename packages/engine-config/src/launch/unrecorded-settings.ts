import type { ClusterSettings } from "../cluster/read-cluster.ts";
import type { LaunchConfiguration } from "./read-launch.ts";

/** The settings of an engine that its record does not contain. */
export type UnrecordedSettings = Pick<LaunchConfiguration, "env" | "config" | "peerHost" | "metricsHost"> &
	Pick<ClusterSettings, "storage" | "messaging" | "datacenterLabel" | "peerUrl" | "adminToken">;

/**
 * Lists the names of an engine's settings that its record does not contain. An engine that replaces it needs
 * the same settings. Values are left out, since they may be secrets.
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
}: UnrecordedSettings): readonly string[] {
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

/** Shutdown durations are not listed: a foreground run derives them from its grace period at every start. */
const SHUTDOWN = /^RIVET__RUNTIME__\w+_SHUTDOWN_DURATION$/i;

/** Lists the settings that were given to a recorded engine by name only, and that a configuration does not contain. */
export function unrecordedSettingsMissing(
	settings: UnrecordedSettings,
	record: { readonly given?: readonly string[] | undefined } | undefined,
): readonly string[] {
	const names = namesOfUnrecordedSettings(settings);
	return (record?.given ?? []).filter((name) => !names.includes(name));
}

/** Names of settings that must not be lost: without them, an engine would use another database or admit everybody. */
export const NEVER_DROPPED: readonly string[] = ["storage", "messaging", "adminToken"];
