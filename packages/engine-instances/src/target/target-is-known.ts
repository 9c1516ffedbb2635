import type { TargetConfiguration } from "@rivetkit/engine-config";
import type { TargetEngine } from "./find-target.ts";

/**
 * True if the engine that answers at the target's endpoint can be the target. If the options name an instance but no
 * endpoint, only the instance's record leads to its engine: the default endpoint belongs to another instance.
 */
export function targetIsKnown(
	{ record }: TargetEngine,
	{ target, instancePath }: Pick<TargetConfiguration, "target" | "instancePath">,
): boolean {
	return record !== undefined || target.isNamed || instancePath.value === undefined;
}

/** Returns the text that the target does not run, with its endpoint if that is known, else with its instance. */
export function describeAbsence(
	target: TargetEngine,
	configuration: Pick<TargetConfiguration, "target" | "instancePath">,
): string {
	return targetIsKnown(target, configuration)
		? `no engine is running at ${target.endpoint.url}`
		: `no engine of instance '${configuration.instancePath.value}' is running`;
}
