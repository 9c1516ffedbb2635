import type { TargetConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";

/**
 * Whether what answers at a located endpoint can be the engine that is meant. Where an instance is named and no
 * endpoint, only its record tells where it is: at the default endpoint is the engine of another instance.
 */
export function targetIsKnown(
	located: TargetEngine,
	{ target, instancePath }: Pick<TargetConfiguration, "target" | "instancePath">,
): boolean {
	return located.owner !== undefined || target.isNamed || instancePath.value === undefined;
}
