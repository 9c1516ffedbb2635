import type { EngineConfiguration } from "../configuration.ts";

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
}: EngineConfiguration): readonly string[] {
	return [
		...Object.keys(env)
			.filter((name) => !SHUTDOWN.test(name))
			.map((name) => `env.${name}`),
		...Object.keys(config ?? {}).map((name) => `config.${name}`),
		...(peerHost.value === undefined ? [] : ["peerHost"]),
		...(metricsHost.value === undefined ? [] : ["metricsHost"]),
		...(storage.value.kind === "file-system" ? [] : ["storage"]),
		...(messaging.value.kind === "memory" ? [] : ["messaging"]),
		...(datacenterLabel.value === undefined && peerUrl.value === undefined ? [] : ["topology"]),
		...(adminToken.value ? ["adminToken"] : []),
	].sort();
}

/** How long an engine may take to end, which one in the foreground is told by its grace, is nothing to keep for the next. */
const SHUTDOWN = /^RIVET__RUNTIME__\w+_SHUTDOWN_DURATION$/i;

/** Which of the settings that a recorded engine was given a configuration does not give. */
export function unrecordedSettingsMissing(
	configuration: EngineConfiguration,
	record: { readonly given?: readonly string[] | undefined } | undefined,
): readonly string[] {
	const given = namesOfUnrecordedSettings(configuration);
	return (record?.given ?? []).filter((name) => !given.includes(name));
}

/** Those without which an engine would be on another database, or open to everybody. */
export const NEVER_DROPPED: readonly string[] = ["storage", "messaging", "adminToken"];
