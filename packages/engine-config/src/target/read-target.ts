import {
	currentFolder,
	type EngineEndpoint,
	type Environment,
	extendedError,
	type InstanceLayout,
	instanceLayout,
	isEngineError,
	parseEndpoint,
	withBrackets,
} from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import { describeOrigin, type Origin, type Setting } from "../setting.ts";
import { type ManagedBy, managedBy } from "./managed-by.ts";
import { readStorageRoot } from "./storage-root.ts";
import type { TargetOptions } from "./target-options.ts";
import { TARGET_TABLE } from "./target-table.ts";

/** The final values of {@link TargetOptions}, each with its origin. */
export interface TargetSettings extends Omit<SettingsOf<TargetOptions, "spawn" | "storageRoot">, "endpoint"> {
	readonly endpoint: Setting<EngineEndpoint>;
}

/** The engine that a call is about. */
export interface Target {
	readonly endpoint: EngineEndpoint;
	/** The port that the engine's guard binds, or would bind. */
	readonly guardPort: number;
	readonly managedBy: ManagedBy;
	/** True if an option or environment variable gives the endpoint or its port or host. */
	readonly isNamed: boolean;
	/** The files of the instance that `storageRoot` and `instancePath` select. */
	readonly layout: InstanceLayout;
	/** An absolute path. */
	readonly storageRoot: string;
}

/** The settings for a target, and the target that is derived from them. */
export interface TargetConfiguration extends TargetSettings {
	readonly target: Target;
}

/**
 * Finds the value of each target option. The options must be validated before.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`.
 */
export function readTarget(
	options: TargetOptions,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): TargetConfiguration {
	const read = readGroup<TargetOptions, "spawn">(TARGET_TABLE, {
		options,
		environment,
		workingDirectory,
		usesPostgres: false,
	});
	const settings = {
		...read,
		endpoint: endpointSetting(read),
		storageRoot: readStorageRoot(options, environment, workingDirectory),
	};
	const layout = instanceLayout(settings.storageRoot.value, settings.instancePath.value, workingDirectory);
	return { ...settings, target: targetOf(settings, layout) };
}

/** Derives the target from its settings. */
export function targetOf(settings: TargetSettings, layout: InstanceLayout): Target {
	const { endpoint, bindHost, bindPort, spawn, storageRoot } = settings;
	return {
		endpoint: endpoint.value,
		guardPort: bindPort.value ?? endpoint.value.port,
		managedBy: managedBy(spawn.value, endpoint.value, bindHost.value),
		isNamed: [endpoint, bindPort, bindHost].some(({ origin }) => origin.kind !== "default"),
		layout,
		storageRoot: storageRoot.value,
	};
}

function endpointSetting({
	endpoint,
	bindHost,
	bindPort,
}: SettingsOf<Pick<TargetOptions, "endpoint" | "bindHost" | "bindPort">>): Setting<EngineEndpoint> {
	const { value, origin: endpointOrigin } = endpoint;
	if (value !== undefined) return { value: parseNamed(value, endpointOrigin), origin: endpointOrigin };
	const origin: Origin = bindPort.value !== undefined ? bindPort.origin : bindHost.origin;
	const host = withBrackets(bindHost.value ?? "127.0.0.1");
	return { value: parseEndpoint(`http://${host}:${bindPort.value ?? 6420}`), origin };
}

/** Parses an endpoint. An error names the origin, which may be an environment variable that the user forgot. */
function parseNamed(endpoint: string, origin: Origin): EngineEndpoint {
	try {
		return parseEndpoint(endpoint);
	} catch (error) {
		if (!isEngineError(error, "invalid_endpoint")) throw error;
		throw extendedError(error, {
			message: `${error.message} (from ${describeOrigin(origin)})`,
			metadata: { origin: describeOrigin(origin) },
		});
	}
}
