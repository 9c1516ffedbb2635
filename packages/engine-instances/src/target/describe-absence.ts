import type { EngineConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";
import { targetIsKnown } from "./target-is-known.ts";

/**
 * Says that the engine that is meant does not run. Of an instance that no record leads to, the endpoint says nothing:
 * it is where another instance would be.
 */
export function describeAbsence(target: TargetEngine, configuration: EngineConfiguration): string {
	return targetIsKnown(target, configuration)
		? `no engine is running at ${target.endpoint.url}`
		: `no engine of instance '${configuration.instancePath.value}' is running`;
}
