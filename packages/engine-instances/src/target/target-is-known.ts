import type { EngineConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";

/**
 * Whether what answers at a located endpoint can be the engine that is meant. Where an instance is named and no
 * endpoint, only its record tells where it is: at the default endpoint is the engine of another instance.
 */
export function targetIsKnown(target: TargetEngine, configuration: EngineConfiguration): boolean {
	const { instancePath, endpoint, bindPort, bindHost } = configuration;
	const isNamed = [endpoint, bindPort, bindHost].some(({ origin }) => origin.kind !== "default");
	return target.record !== undefined || isNamed || instancePath.value === undefined;
}
