import path from "node:path";
import {
	type EngineEndpoint,
	type Environment,
	findInstalledEngine,
	type InstanceLayout,
	instanceLayout,
	parseEndpoint,
	storageRoot,
} from "@rivetkit/engine-core";
import type { EnginePreset } from "@rivetkit/engine-spawn";
import type { EngineOptions, SpawnMode, VersionMismatchPolicy } from "./options.ts";
import type { Origin, Setting } from "./setting.ts";
import {
	invalidOption,
	oneOf,
	port,
	releasesEndpoint,
	validateOptions,
	version,
} from "./validate-options.ts";

/** Everything that options, variables and defaults say, checked, with where each value came from. */
export interface EngineConfiguration {
	readonly endpoint: Setting<EngineEndpoint>;
	readonly bindHost: Setting<string | undefined>;
	readonly bindPort: Setting<number | undefined>;
	readonly peerHost: Setting<string | undefined>;
	readonly metricsHost: Setting<string | undefined>;
	readonly publicUrl: Setting<string | undefined>;
	readonly spawn: Setting<SpawnMode>;
	readonly binaryPath: Setting<string | undefined>;
	readonly version: Setting<string>;
	readonly autoDownload: Setting<boolean>;
	readonly releasesEndpoints: Setting<readonly string[]>;
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
	readonly startTimeoutMs: Setting<number>;
	readonly waitForRemote: Setting<boolean>;
	/** What the engine inherits, and where its binary may be named. */
	readonly environment: Environment;
	/** From where relative paths and npm packages are looked up. */
	readonly workingDirectory: string;
}

/** The engine that this release was tested with. */
const DEFAULT_VERSION = "2.3.19";
const DEFAULT_RELEASES_ENDPOINT = "https://releases.rivet.dev";

/**
 * Reads the options and variables. Besides manifests in `node_modules`, for the default version, no file
 * is read; nothing is probed or started.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`.
 */
export function readEngineConfiguration(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): EngineConfiguration {
	validateOptions(options);
	const read = reader(options, environment);
	const bindHost = read("bindHost", ["RIVET_RUN_ENGINE_HOST"], asText);
	const bindPort = read("bindPort", ["RIVET_RUN_ENGINE_PORT"], asPort);
	const storage = read("storageRoot", [], asText);
	const root: Setting<string> =
		storage.value === undefined
			? { value: storageRoot({ environment, cwd: workingDirectory }), origin: storageOrigin(environment) }
			: { value: path.resolve(workingDirectory, storage.value), origin: storage.origin };
	const instancePath = read("instancePath", [], asText);
	return {
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
		spawn: or(read("spawn", ["RIVETKIT_ENGINE_SPAWN"], asSpawnMode), "auto"),
		binaryPath: read("binaryPath", [], asText),
		version: versionSetting(
			read("version", ["RIVETKIT_ENGINE_VERSION", "RIVET_RUN_ENGINE_VERSION"], asVersion),
			workingDirectory,
		),
		autoDownload: or(read("autoDownload", ["RIVETKIT_ENGINE_AUTO_DOWNLOAD"], isYes), false),
		releasesEndpoints: or(readReleases(options, environment), [DEFAULT_RELEASES_ENDPOINT]),
		storageRoot: root,
		instancePath,
		layout: instanceLayout(root.value, instancePath.value, workingDirectory),
		env: options.env ?? {},
		config: options.config,
		cwd: options.cwd === undefined ? undefined : path.resolve(workingDirectory, options.cwd),
		preset: or(
			read("preset", [], (value) => value as EnginePreset),
			"local-dev",
		),
		telemetry: read("telemetry", ["DO_NOT_TRACK"], (value) => (isYes(value) ? false : undefined)),
		onVersionMismatch: or(
			read("onVersionMismatch", [], (value) => value as VersionMismatchPolicy),
			"warn",
		),
		startTimeoutMs: or(read("startTimeoutMs", [], Number), 30_000),
		waitForRemote: or(read("waitForRemote", [], isYes), false),
		environment,
		workingDirectory,
	};
}

type OptionName = keyof EngineOptions;
type Given<Name extends OptionName> = NonNullable<EngineOptions[Name]>;

/** Reads an option, else the first variable that is set and not empty, else nothing. */
function reader(options: EngineOptions, environment: Environment) {
	return <Name extends OptionName>(
		name: Name,
		variables: readonly string[],
		parse: (text: string, variable: string) => Given<Name> | undefined,
	): Setting<Given<Name> | undefined> => {
		const option = options[name];
		if (option !== undefined) return { value: option as Given<Name>, origin: { kind: "option", name } };
		for (const variable of variables) {
			const text = environment[variable];
			const value = text === undefined || text === "" ? undefined : parse(text, variable);
			if (value !== undefined) return { value, origin: { kind: "variable", name: variable } };
		}
		return { value: undefined, origin: { kind: "default" } };
	};
}

function or<Value>(setting: Setting<Value | undefined>, fallback: Value): Setting<Value> {
	return { value: setting.value ?? fallback, origin: setting.origin };
}

function endpointSetting(
	given: Setting<string | undefined>,
	bindHost: Setting<string | undefined>,
	bindPort: Setting<number | undefined>,
): Setting<EngineEndpoint> {
	if (given.value !== undefined) return { value: parseEndpoint(given.value), origin: given.origin };
	const host = bindHost.value ?? "127.0.0.1";
	const inUrl = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
	const origin: Origin = bindPort.value !== undefined ? bindPort.origin : bindHost.origin;
	return { value: parseEndpoint(`http://${inUrl}:${bindPort.value ?? 6420}`), origin };
}

function versionSetting(given: Setting<string | undefined>, folder: string): Setting<string> {
	if (given.value !== undefined) return { value: given.value, origin: given.origin };
	const installed = findInstalledEngine(folder);
	return { value: installed?.packageVersion ?? DEFAULT_VERSION, origin: { kind: "default" } };
}

function readReleases(
	options: EngineOptions,
	environment: Environment,
): Setting<readonly string[] | undefined> {
	const given = options.releasesEndpoint;
	if (given !== undefined) {
		return { value: [given].flat(), origin: { kind: "option", name: "releasesEndpoint" } };
	}
	const name = "RIVETKIT_ENGINE_RELEASES_ENDPOINT";
	const list = environment[name]?.split(/\s+/).filter((item) => item !== "") ?? [];
	if (list.length === 0) return { value: undefined, origin: { kind: "default" } };
	demand(name, environment[name], releasesEndpoint(list));
	return { value: list, origin: { kind: "variable", name } };
}

function storageOrigin(environment: Environment): Origin {
	const name = ["RIVETKIT_STORAGE_PATH", "HOME"].find((variable) => environment[variable]);
	return name === undefined ? { kind: "default" } : { kind: "variable", name };
}

function asText(text: string): string {
	return text;
}

function asPort(text: string, variable: string): number {
	demand(variable, text, port(Number(text)));
	return Number(text);
}

function asVersion(text: string, variable: string): string {
	demand(variable, text, version(text));
	return text;
}

function asSpawnMode(text: string, variable: string): SpawnMode {
	demand(variable, text, oneOf("auto", "always", "never")(text));
	return text as SpawnMode;
}

function isYes(text: string): boolean {
	return ["1", "true", "yes"].includes(text.toLowerCase());
}

function demand(variable: string, value: unknown, expected: string | undefined): void {
	if (expected !== undefined) throw invalidOption(variable, value, expected, "variable");
}

/** The working directory may have been deleted under the process; then its root has to do. */
function currentFolder(): string {
	try {
		return process.cwd();
	} catch {
		return path.parse(process.execPath).root;
	}
}
