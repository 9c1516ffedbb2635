import type { EngineConfiguration } from "./configuration.ts";

/**
 * The names of what an engine was given by its options alone, which whoever takes its place must give as well. No
 * values: they may be secrets.
 */
export function givenSettings({
	env,
	config,
	peerHost,
	metricsHost,
}: EngineConfiguration): readonly string[] {
	return [
		...Object.keys(env).map((name) => `env.${name}`),
		...Object.keys(config ?? {}).map((name) => `config.${name}`),
		...(peerHost.value === undefined ? [] : ["peerHost"]),
		...(metricsHost.value === undefined ? [] : ["metricsHost"]),
	].sort();
}
