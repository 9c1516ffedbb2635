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

/**
 * All checked settings, each with its origin, and what is derived from them: the target, the binary, the database and the
 * ports.
 */
export interface EngineConfiguration
	extends TargetConfiguration,
		BinaryConfiguration,
		LaunchConfiguration,
		ClusterConfiguration,
		PolicyConfiguration {
	/** The place of the engine's data. */
	readonly database: EngineDatabase;
	/** The addresses that a started engine would bind. An error if no engine on this machine can answer at the endpoint. */
	readonly ports: EnginePorts | EngineError;
	/** The environment variables: the engine inherits them, and they may name its binary. Not enumerable, like `secrets`. */
	readonly environment: Environment;
	/** The folder from which relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
}

/**
 * Reads the options and environment variables. Reads only these files: the `package.json` files in `node_modules` (for the
 * default version), and secret files that a `..._FILE` variable names. Contacts no server and starts nothing.
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
 * Does the same as {@link readEngineConfiguration}, for calls that start nothing: a cluster variable with an unusable value
 * is ignored together with the variables that belong to it (for example all `RIVETKIT_ENGINE_NATS_*`), and its error is
 * in `flaws`.
 *
 * @throws EngineError like `readEngineConfiguration`, for all other errors.
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
	settingsSoFar: TargetConfiguration & ClusterConfiguration,
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): EngineConfiguration {
	const usesPostgres = settingsSoFar.storage.value.kind === "postgres";
	const defaultInputs = { workingDirectory, usesPostgres };
	const settings = {
		...settingsSoFar,
		...readBinary(options, environment, workingDirectory),
		...readLaunch(options, environment, defaultInputs),
		...readPolicy(options, environment, defaultInputs),
		environment: { ...environment },
		workingDirectory,
	};
	return withDerived(settings);
}

/** The settings that {@link withSettings} may replace: not the properties that are derived from them, nor the inputs. */
type Replaceable = Omit<
	EngineConfiguration,
	"target" | "binary" | "database" | "ports" | "environment" | "secrets" | "workingDirectory"
>;

/** Returns a configuration with some settings replaced; what depends on them is derived again. */
export function withSettings(
	configuration: EngineConfiguration,
	settings: Partial<Replaceable>,
): EngineConfiguration {
	const { environment, secrets } = configuration;
	return withDerived({ ...configuration, ...settings, environment, secrets });
}

/** Adds the derived properties, and makes those with secrets not enumerable, so that printing does not show them. */
function withDerived(settings: Omit<EngineConfiguration, "database" | "ports">): EngineConfiguration {
	const { environment, secrets, ...shown } = settings;
	const configuration = {
		...shown,
		target: targetOf(settings, settings.target.layout),
		binary: binaryOf(settings),
		database: databaseOf(settings, settings.target.layout),
		ports: portsOf(settings),
	};
	return Object.defineProperties(configuration as EngineConfiguration, {
		// Environment variables may contain secrets, too.
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
 * Returns the addresses that a started engine binds.
 *
 * @throws EngineError `invalid_endpoint` if no engine on this machine can answer at the endpoint.
 */
export function requirePorts({ ports }: Pick<EngineConfiguration, "ports">): EnginePorts {
	if (isEngineError(ports)) throw ports;
	return ports;
}
