import type { EngineConfiguration } from "./configuration.ts";

/**
 * The names of what an engine was given that no record tells, which whoever takes its place must give as well. No
 * values: they may be secrets.
 */
export function givenSettings({
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
		...Object.keys(env).map((name) => `env.${name}`),
		...Object.keys(config ?? {}).map((name) => `config.${name}`),
		...(peerHost.value === undefined ? [] : ["peerHost"]),
		...(metricsHost.value === undefined ? [] : ["metricsHost"]),
		...(storage.value.kind === "file-system" ? [] : ["storage"]),
		...(messaging.value.kind === "memory" ? [] : ["messaging"]),
		...(datacenterLabel.value === undefined && peerUrl.value === undefined ? [] : ["topology"]),
		...(adminToken.value ? ["adminToken"] : []),
	].sort();
}
