import type { TargetConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";

/**
 * Tells whether the engine that answers at the target's endpoint can be the target. Where the options name an instance
 * and no endpoint, only the instance's record leads to its engine: the default endpoint belongs to another instance.
 */
export function targetIsKnown(
	{ record }: TargetEngine,
	{ target, instancePath }: Pick<TargetConfiguration, "target" | "instancePath">,
): boolean {
	return record !== undefined || target.isNamed || instancePath.value === undefined;
}

/** Says that the target does not run, by its instance where no record leads to an endpoint, else by its endpoint. */
export function describeAbsence(
	target: TargetEngine,
	configuration: Pick<TargetConfiguration, "target" | "instancePath">,
): string {
	return targetIsKnown(target, configuration)
		? `no engine is running at ${target.endpoint.url}`
		: `no engine of instance '${configuration.instancePath.value}' is running`;
}
