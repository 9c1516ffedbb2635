import type { EngineConfiguration } from "@rivetkit/engine-config";

/** The options with which `stopEngine` finds an engine from any working folder. */
export interface EngineToStop {
	readonly storageRoot: string;
	/** The name of the instance, or its absolute folder; undefined for the default instance. */
	readonly instancePath: string | undefined;
	readonly endpoint: string;
}

/** Returns the `stopEngine` options for the engine of a configuration's instance at an endpoint. */
export function engineToStop(
	{ target, instancePath }: Pick<EngineConfiguration, "target" | "instancePath">,
	endpoint: string,
): EngineToStop {
	const isFolder = /[/\\]/.test(instancePath.value ?? "");
	return {
		storageRoot: target.storageRoot,
		instancePath: isFolder ? target.layout.folder : instancePath.value,
		endpoint,
	};
}
