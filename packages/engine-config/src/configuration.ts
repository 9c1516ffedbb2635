import {
	currentFolder,
	type EngineError,
	type EnginePorts,
	type Environment,
	isEngineError,
} from "@rivetkit/engine-core";
import { type BinaryConfiguration, binaryOf, readBinary } from "./binary/read-binary.ts";
import { databaseOf, type EngineDatabase } from "./cluster/database.ts";
import { type ClusterConfiguration, readCluster } from "./cluster/read-cluster.ts";
import { readUsableCluster } from "./cluster/without-cluster-variables.ts";
import type { EngineOptions } from "./engine-options.ts";
import { type LaunchConfiguration, readLaunch } from "./launch/read-launch.ts";
import { type PolicyConfiguration, readPolicy } from "./policy/read-policy.ts";
import { enginePorts } from "./target/engine-ports.ts";
import { readTarget, type TargetConfiguration, targetOf } from "./target/read-target.ts";
import { requireEnvironment, validateOptions } from "./validate-options.ts";

/** All settings, checked, each with its origin, and their meaning: the target, the binary, the database, the ports. */
export interface EngineConfiguration
	extends TargetConfiguration,
		BinaryConfiguration,
		LaunchConfiguration,
		ClusterConfiguration,
		PolicyConfiguration {
	/** The place of the engine's data. */
	readonly database: EngineDatabase;
	/** The addresses that an engine would bind, or the error of an endpoint at which none can answer. */
	readonly ports: EnginePorts | EngineError;
	/** The variables that the engine inherits, and that may name its binary. Not enumerable, as `secrets`. */
	readonly environment: Environment;
	/** The folder from which relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
}

/**
 * Reads the options and variables. Reads no files but manifests in `node_modules`, for the default version, and the files
 * that variables of secrets name. Probes and starts nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`.
 */
export function readEngineConfiguration(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): EngineConfiguration {
	validateOptions(options);
	requireEnvironment(environment);
	const target = readTarget(options, environment, workingDirectory);
	const cluster = readCluster(options, environment, workingDirectory);
	return compose({ ...target, ...cluster }, options, environment, workingDirectory);
}

/**
 * Reads the options and variables as {@link readEngineConfiguration}, for calls that start nothing: a cluster's variable
 * that cannot be used is left out, with its group, and reported as a flaw.
 *
 * @throws EngineError as `readEngineConfiguration`, for everything else.
 */
export function readUsableConfiguration(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): { readonly configuration: EngineConfiguration; readonly flaws: readonly EngineError[] } {
	validateOptions(options);
	requireEnvironment(environment);
	const target = readTarget(options, environment, workingDirectory);
	const { cluster, flaws } = readUsableCluster(options, environment, workingDirectory);
	const configuration = compose({ ...target, ...cluster }, options, environment, workingDirectory);
	return { configuration, flaws };
}

function compose(
	read: TargetConfiguration & ClusterConfiguration,
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): EngineConfiguration {
	const usesPostgres = read.storage.value.kind === "postgres";
	const circumstances = { workingDirectory, usesPostgres };
	const settings = {
		...read,
		...readBinary(options, environment, workingDirectory),
		...readLaunch(options, environment, circumstances),
		...readPolicy(options, environment, circumstances),
		environment: { ...environment },
		workingDirectory,
	};
	return withMeaning(settings);
}

/** The settings that may be replaced. Their meaning is derived anew. */
type Replaceable = Omit<
	EngineConfiguration,
	"target" | "binary" | "database" | "ports" | "environment" | "secrets" | "workingDirectory"
>;

/** Replaces some settings of a configuration. */
export function withSettings(
	configuration: EngineConfiguration,
	settings: Partial<Replaceable>,
): EngineConfiguration {
	const { environment, secrets } = configuration;
	return withMeaning({ ...configuration, ...settings, environment, secrets });
}

/** Derives the meaning of settings, and hides the properties that would show secrets in a printed configuration. */
function withMeaning(settings: Omit<EngineConfiguration, "database" | "ports">): EngineConfiguration {
	const { environment, secrets, ...shown } = settings;
	const configuration = {
		...shown,
		target: targetOf(settings, settings.target.layout),
		binary: binaryOf(settings),
		database: databaseOf(settings, settings.target.layout),
		ports: portsOf(settings),
	};
	return Object.defineProperties(configuration as EngineConfiguration, {
		// Variables may hold secrets, too.
		environment: { value: environment, enumerable: false },
		secrets: { value: secrets, enumerable: false },
	});
}

function portsOf(settings: TargetConfiguration & LaunchConfiguration): EnginePorts | EngineError {
	try {
		return enginePorts(settings.endpoint.value, {
			bindHost: settings.bindHost.value,
			bindPort: settings.bindPort.value,
			peerHost: settings.peerHost.value,
			metricsHost: settings.metricsHost.value,
		});
	} catch (error) {
		if (isEngineError(error, "invalid_endpoint")) return error;
		throw error;
	}
}

/**
 * Gives the addresses that an engine of this configuration binds.
 *
 * @throws EngineError `invalid_endpoint` if no engine on this machine can answer at the endpoint.
 */
export function requirePorts({ ports }: Pick<EngineConfiguration, "ports">): EnginePorts {
	if (isEngineError(ports)) throw ports;
	return ports;
}
