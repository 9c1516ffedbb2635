import {
	type BindAddress,
	type EnginePreset,
	type Environment,
	isRecord,
	isStringList,
	isStringRecord,
	isText,
	requireKnownOptions,
	requireOption,
} from "@rivetkit/engine-core";

/** The settings with which an engine is started. */
export interface EngineLaunch {
	/** The address on which clients reach the engine. */
	readonly guard: BindAddress;
	/** The address on which engines reach each other. */
	readonly apiPeer: BindAddress;
	/** The address of the engine's metrics. */
	readonly metrics: BindAddress;
	/** The URL under which clients reach the guard. @defaultValue made from the guard's address */
	readonly publicUrl?: string | undefined;
	/**
	 * The URL under which engines of other datacenters reach the api-peer port.
	 *
	 * @defaultValue the public URL with a port that is one higher
	 */
	readonly peerUrl?: string | undefined;
	/** The number of the engine's datacenter, from 1 to 65535. @defaultValue 1 */
	readonly datacenterLabel?: number | undefined;
	/**
	 * The folder of the database. Ignored if `env` names PostgreSQL. Undefined if a configuration file names PostgreSQL.
	 */
	readonly databasePath: string | undefined;
	readonly preset: EnginePreset;
	/** True turns telemetry on, false turns it off. @defaultValue the engine's own default, which is on */
	readonly telemetry?: boolean | undefined;
	/**
	 * The environment variables that the engine inherits, except `RUST_LOG` and those that are `withheld` or would move
	 * the database.
	 */
	readonly environment: Environment;
	/**
	 * Names of environment variables that the engine does not inherit because they carry secrets. Upper and lower case
	 * do not matter.
	 */
	readonly withheld?: readonly string[] | undefined;
	/** Environment variables that are set last and override all others. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** A configuration file. With one, the engine no longer reads `/etc/rivet`. */
	readonly configPath?: string | undefined;
}

/**
 * Checks the properties of a launch and their types. Unknown properties are refused.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireLaunch(launch: EngineLaunch): void {
	requireKnownOptions(launch, LAUNCH_OPTIONS);
	const { publicUrl, peerUrl, datacenterLabel, databasePath, preset, telemetry, withheld, env, configPath } =
		launch;
	for (const name of ["guard", "apiPeer", "metrics"] as const) {
		requireOption(name, isAddress(launch[name]), "an object with a host and a port from 1 to 65535");
	}
	for (const [name, url] of Object.entries({ publicUrl, peerUrl })) {
		requireOption(name, url === undefined || typeof url === "string", "an HTTP URL");
	}
	requireOption(
		"datacenterLabel",
		datacenterLabel === undefined || isPort(datacenterLabel),
		"a number from 1 to 65535",
	);
	for (const [name, file] of Object.entries({ databasePath, configPath })) {
		requireOption(name, file === undefined || isText(file), "a path");
	}
	requireOption("preset", PRESETS.includes(preset), `one of ${PRESETS.join(", ")}`);
	requireOption("telemetry", telemetry === undefined || typeof telemetry === "boolean", "true or false");
	requireOption("environment", isEnvironment(launch.environment), "an object of environment variables");
	requireOption("withheld", withheld === undefined || isStringList(withheld), "a list of names");
	requireOption("env", env === undefined || isStringRecord(env), "an object whose values are strings");
}

const LAUNCH_OPTIONS: Readonly<Record<keyof EngineLaunch, true>> = {
	guard: true,
	apiPeer: true,
	metrics: true,
	publicUrl: true,
	peerUrl: true,
	datacenterLabel: true,
	databasePath: true,
	preset: true,
	telemetry: true,
	environment: true,
	withheld: true,
	env: true,
	configPath: true,
};

const PRESETS: readonly EnginePreset[] = ["local-dev", "engine-defaults"];

function isAddress(value: unknown): boolean {
	return isRecord(value) && isText(value["host"]) && isPort(value["port"]);
}

function isPort(value: unknown): boolean {
	return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}

function isEnvironment(value: unknown): boolean {
	return isRecord(value) && isStringList(Object.values(value).filter((text) => text !== undefined));
}
