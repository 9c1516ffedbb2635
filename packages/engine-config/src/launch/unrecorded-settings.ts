import type { ClusterSettings } from "../cluster/read-cluster.ts";
import type { LaunchConfiguration } from "./read-launch.ts";

/** The settings of an engine that its record does not contain. */
export type UnrecordedSettings = Pick<LaunchConfiguration, "env" | "config" | "peerHost" | "metricsHost"> &
	Pick<ClusterSettings, "storage" | "messaging" | "datacenterLabel" | "peerUrl" | "adminToken">;

/**
 * Lists the names of an engine's settings that its record does not contain. The engine that takes its place needs the
 * same settings. Values are left out, since they may be secrets.
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

/** Shutdown durations are not kept: a foreground run derives them from its grace at every start. */
const SHUTDOWN = /^RIVET__RUNTIME__\w+_SHUTDOWN_DURATION$/i;

/** Lists the unrecorded settings of a recorded engine that a configuration does not contain. */
export function unrecordedSettingsMissing(
	settings: UnrecordedSettings,
	record: { readonly given?: readonly string[] | undefined } | undefined,
): readonly string[] {
	const names = namesOfUnrecordedSettings(settings);
	return (record?.given ?? []).filter((name) => !names.includes(name));
}

/** The names of settings without which an engine would use another database, or be open to everybody. */
export const NEVER_DROPPED: readonly string[] = ["storage", "messaging", "adminToken"];
