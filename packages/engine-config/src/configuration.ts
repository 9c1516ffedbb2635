import path from "node:path";
import type { EnginePreset } from "@rivetkit/engine-core";
import {
	type EngineEndpoint,
	EngineError,
	type Environment,
	findInstalledEngine,
	type InstanceLayout,
	instanceLayout,
	isEngineError,
	parseEndpoint,
} from "@rivetkit/engine-core";
import { type ClusterSettings, type EngineSecrets, readClusterSettings } from "./cluster/read-cluster.ts";
import type { CrashPolicy, EngineOptions, SpawnMode, VersionMismatchPolicy } from "./engine-options.ts";
import {
	asPort,
	asSpawnMode,
	asText,
	asVersion,
	isYes,
	readReleases,
	settingReader,
	withDefault,
} from "./read-group.ts";
import { describeOrigin, type Origin, type Setting } from "./setting.ts";
import { currentFolder, readStorageRoot } from "./target/storage-root.ts";
import { validateOptions } from "./validate-options.ts";

/** Everything that options, variables and defaults say, checked, with where each value came from. */
export interface EngineConfiguration extends ClusterSettings {
	readonly endpoint: Setting<EngineEndpoint>;
	readonly bindHost: Setting<string | undefined>;
	readonly bindPort: Setting<number | undefined>;
	readonly peerHost: Setting<string | undefined>;
	readonly metricsHost: Setting<string | undefined>;
	readonly publicUrl: Setting<string | undefined>;
	readonly spawn: Setting<SpawnMode>;
	readonly binaryPath: Setting<string | undefined>;
	readonly cargoRoot: Setting<string | undefined>;
	readonly version: Setting<string>;
	readonly autoDownload: Setting<boolean>;
	readonly releasesEndpoints: Setting<readonly string[]>;
	readonly unsafelyAllowHttp: Setting<boolean>;
	/** Absolute. */
	readonly storageRoot: Setting<string>;
	readonly instancePath: Setting<string | undefined>;
	/** The files of the instance that `storageRoot` and `instancePath` mean. */
	readonly layout: InstanceLayout;
	readonly env: Readonly<Record<string, string>>;
	readonly config: Readonly<Record<string, unknown>> | undefined;
	readonly cwd: string | undefined;
	readonly preset: Setting<EnginePreset>;
	readonly telemetry: Setting<boolean | undefined>;
	readonly onVersionMismatch: Setting<VersionMismatchPolicy>;
	readonly onCrash: Setting<CrashPolicy>;
	readonly allowUpgrade: Setting<boolean>;
	readonly startTimeoutMs: Setting<number>;
	readonly lockTimeoutMs: Setting<number>;
	readonly waitForRemote: Setting<boolean>;
	/** What the engine inherits, and where its binary may be named. Not enumerable. */
	readonly environment: Environment;
	/** What may stand in the engine's file alone. Not enumerable. */
	readonly secrets: EngineSecrets;
	/** From where relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
}

/** The engine that this release was tested with. */
const DEFAULT_VERSION = "2.3.19";
const DEFAULT_RELEASES_ENDPOINT = "https://releases.rivet.dev";

/**
 * Reads the options and variables. Besides manifests in `node_modules`, for the default version, and files that
 * variables name as those of secrets, no file is read; nothing is probed or started.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`.
 */
export function readEngineConfiguration(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): EngineConfiguration {
	validateOptions(options);
	const read = settingReader(options, environment);
	const bindHost = read("bindHost", ["RIVET_RUN_ENGINE_HOST"], asText);
	const bindPort = read("bindPort", ["RIVET_RUN_ENGINE_PORT"], asPort);
	const root = readStorageRoot(options, environment, workingDirectory);
	const instancePath = read("instancePath", [], asText);
	const { settings, secrets } = readClusterSettings(options, environment, workingDirectory);
	const isPostgres = settings.storage.value.kind === "postgres";
	const telemetry = read("telemetry", ["DO_NOT_TRACK"], (value) => (isYes(value) ? false : undefined));
	const configuration = {
		...settings,
		endpoint: endpointSetting(
			read("endpoint", ["RIVET_ENGINE", "RIVET_ENDPOINT"], asText),
			bindHost,
			bindPort,
		),
		bindHost,
		bindPort,
		peerHost: read("peerHost", [], asText),
		metricsHost: read("metricsHost", [], asText),
		publicUrl: read("publicUrl", [], asText),
		spawn: withDefault(read("spawn", ["RIVETKIT_ENGINE_SPAWN"], asSpawnMode), "auto"),
		binaryPath: read("binaryPath", [], asText),
		cargoRoot: read("cargoRoot", [], asText),
		version: versionSetting(
			read("version", ["RIVETKIT_ENGINE_VERSION", "RIVET_RUN_ENGINE_VERSION"], asVersion),
			workingDirectory,
		),
		autoDownload: withDefault(read("autoDownload", ["RIVETKIT_ENGINE_AUTO_DOWNLOAD"], isYes), false),
		releasesEndpoints: withDefault(readReleases(options, environment, workingDirectory), [
			DEFAULT_RELEASES_ENDPOINT,
		]),
		unsafelyAllowHttp: withDefault(read("unsafelyAllowHttp", [], isYes), false),
		storageRoot: root,
		instancePath,
		layout: instanceLayout(root.value, instancePath.value, workingDirectory),
		env: options.env ?? {},
		config: options.config,
		cwd: options.cwd === undefined ? undefined : path.resolve(workingDirectory, options.cwd),
		preset: withDefault(
			read("preset", [], (value) => value as EnginePreset),
			"local-dev",
		),
		// What it reports has the URL of PostgreSQL in it.
		telemetry: isPostgres ? withDefault(telemetry, false) : telemetry,
		onVersionMismatch: withDefault(
			read("onVersionMismatch", [], (value) => value as VersionMismatchPolicy),
			"warn",
		),
		onCrash: withDefault(
			read("onCrash", [], (value) => value as CrashPolicy),
			"report",
		),
		allowUpgrade: withDefault(read("allowUpgrade", [], isYes), false),
		startTimeoutMs: withDefault(read("startTimeoutMs", [], Number), isPostgres ? 60_000 : 30_000),
		lockTimeoutMs: withDefault(read("lockTimeoutMs", [], Number), 60_000),
		waitForRemote: withDefault(read("waitForRemote", [], isYes), false),
		workingDirectory,
	};
	return withHidden(configuration, environment, secrets);
}

/** A configuration in which some settings are others. */
export function withSettings(
	configuration: EngineConfiguration,
	settings: Partial<Omit<EngineConfiguration, Hidden>>,
): EngineConfiguration {
	return withHidden({ ...configuration, ...settings }, configuration.environment, configuration.secrets);
}

type Hidden = "environment" | "secrets";

/** A copy, and one that does not show its secrets where a configuration is printed. Variables hold some, too. */
function withHidden(
	configuration: Omit<EngineConfiguration, Hidden>,
	environment: Environment,
	secrets: EngineSecrets,
): EngineConfiguration {
	return Object.defineProperties({ ...configuration } as EngineConfiguration, {
		environment: { value: { ...environment }, enumerable: false },
		secrets: { value: secrets, enumerable: false },
	});
}

function endpointSetting(
	given: Setting<string | undefined>,
	bindHost: Setting<string | undefined>,
	bindPort: Setting<number | undefined>,
): Setting<EngineEndpoint> {
	if (given.value !== undefined)
		return { value: parseGiven(given.value, given.origin), origin: given.origin };
	const host = bindHost.value ?? "127.0.0.1";
	const inUrl = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
	const origin: Origin = bindPort.value !== undefined ? bindPort.origin : bindHost.origin;
	return { value: parseEndpoint(`http://${inUrl}:${bindPort.value ?? 6420}`), origin };
}

/** An endpoint that cannot be used may come from a variable that somebody has forgotten. */
function parseGiven(endpoint: string, origin: Origin): EngineEndpoint {
	try {
		return parseEndpoint(endpoint);
	} catch (error) {
		if (!isEngineError(error, "invalid_endpoint")) throw error;
		throw new EngineError(error.code, `${error.message} (from ${describeOrigin(origin)})`, {
			metadata: { ...error.metadata, origin: describeOrigin(origin) },
		});
	}
}

function versionSetting(given: Setting<string | undefined>, folder: string): Setting<string> {
	if (given.value !== undefined) return { value: given.value, origin: given.origin };
	const installed = findInstalledEngine(folder);
	return { value: installed?.packageVersion ?? DEFAULT_VERSION, origin: { kind: "default" } };
}
