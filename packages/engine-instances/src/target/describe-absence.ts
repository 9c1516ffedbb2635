import type { TargetConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";
import { targetIsKnown } from "./is-meant.ts";

/**
 * Says that the engine that is meant does not run. Of an instance that no record leads to, the endpoint says nothing:
 * it is where another instance would be.
 */
export function describeAbsence(
	located: TargetEngine,
	configuration: Pick<TargetConfiguration, "target" | "instancePath">,
): string {
	return targetIsKnown(located, configuration)
		? `no engine is running at ${located.endpoint.url}`
		: `no engine of instance '${configuration.instancePath.value}' is running`;
}
