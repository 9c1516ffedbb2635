import type {
	CallOptions,
	EngineOptions,
	Environment,
	ListInstancesOptions,
	Unbound,
} from "@rivetkit/engine-manager";
import { type Command, Option } from "commander";
import { type CommandLineIo, isDebugging, stderrLogger } from "../io.ts";
import { type ClusterFlags, clusterOptions, withClusterFlags } from "./cluster-flags.ts";
import { wholeNumber } from "./numbers.ts";

/** The values of the flags, by commander's names for them. */
export interface Flags extends ClusterFlags {
	readonly endpoint?: string;
	readonly bindHost?: string;
	readonly bindPort?: number;
	readonly peerHost?: string;
	readonly metricsHost?: string;
	readonly publicUrl?: string;
	readonly spawn?: EngineOptions["spawn"];
	readonly binary?: string;
	readonly cargoRoot?: string;
	readonly engineVersion?: string;
	readonly download?: boolean;
	readonly releasesEndpoint?: readonly string[];
	readonly unsafelyAllowHttp?: boolean;
	readonly storageRoot?: string;
	readonly instance?: string;
	readonly telemetry?: boolean;
	readonly preset?: EngineOptions["preset"];
	readonly onVersionMismatch?: EngineOptions["onVersionMismatch"];
	readonly allowUpgrade?: boolean;
	readonly startTimeout?: number;
	readonly lockTimeout?: number;
	readonly verbose?: boolean;
	readonly json?: boolean;
}

/** The values of the flags of commands that end an engine. */
export interface StopFlags {
	readonly grace?: number;
	readonly force?: boolean;
}

/** Flags that say which engine is meant. */
export function withTargetFlags(command: Command): Command {
	return withStorageFlag(command)
		.option("--endpoint <url>", "where the engine answers (RIVET_ENGINE, RIVET_ENDPOINT)")
		.option("--bind-host <address>", "the address that its guard binds (RIVET_RUN_ENGINE_HOST)")
		.option("--bind-port <port>", "the port that its guard binds (RIVET_RUN_ENGINE_PORT)", wholeNumber)
		.option("--instance <name or folder>", "an engine beside the default one");
}

/** The flag that says where binaries are cached, and databases kept. */
export function withStorageFlag(command: Command): Command {
	return command.option(
		"--storage-root <folder>",
		"the .rivetkit folder (its parent: RIVETKIT_STORAGE_PATH)",
	);
}

/** The flag that says where binaries are fetched from. */
export function withReleaseFlags(command: Command): Command {
	return command
		.option(
			"--releases-endpoint <url or folder>",
			"fetch it from here; repeatable (RIVETKIT_ENGINE_RELEASES_ENDPOINT)",
			(value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
		)
		.option("--unsafely-allow-http", "also over plain http from beyond this machine");
}

/** Flags that say which binary is wanted. */
export function withBinaryFlags(command: Command): Command {
	return withInstalledFlags(withReleaseFlags(command))
		.option("--download", "fetch the engine if it is nowhere else (RIVETKIT_ENGINE_AUTO_DOWNLOAD)")
		.option("--no-download", "do not fetch it");
}

/** Flags that say which binary is wanted, of those that are there. */
export function withInstalledFlags(command: Command): Command {
	return command
		.option("--binary <file>", "use this engine (RIVET_ENGINE_BINARY_PATH, RIVET_ENGINE_BINARY)")
		.option("--cargo-root <folder>", "use the engine that was built in this checkout of Rivet")
		.option("--engine-version <version>", "use this version (RIVETKIT_ENGINE_VERSION)");
}

/** Flags that say how an engine is started. */
export function withStartFlags(command: Command): Command {
	return withLaunchFlags(command)
		.addOption(
			new Option("--spawn <mode>", "whether to start an engine (RIVETKIT_ENGINE_SPAWN)").choices([
				"auto",
				"always",
				"never",
			]),
		)
		.addOption(
			new Option("--on-version-mismatch <policy>", "when the engine that runs is of another version").choices(
				["warn", "reuse", "error", "restart"],
			),
		);
}

/** Flags that say what an engine is told. */
export function withLaunchFlags(command: Command): Command {
	return withClusterFlags(command)
		.option("--peer-host <address>", "the address of the api-peer port, which has no authentication")
		.option("--metrics-host <address>", "the address of the metrics port, which has no authentication")
		.option("--public-url <url>", "the URL under which others reach the engine")
		.addOption(
			new Option("--preset <name>", "the values that it is given for all else").choices([
				"local-dev",
				"engine-defaults",
			]),
		)
		.option("--telemetry", "let the engine report to Rivet, with the URL of PostgreSQL among it")
		.option("--no-telemetry", "keep it from that (DO_NOT_TRACK)")
		.option(
			"--allow-upgrade",
			"start an engine newer than the installed rivetkit's, which cannot use the database afterwards",
		)
		.option("--start-timeout <ms>", "from the spawn until it is ready, in milliseconds", wholeNumber)
		.option(
			"--lock-timeout <ms>",
			"how long to wait for one program that is starting an engine; then start without its lock",
			wholeNumber,
		);
}

/** Flags that say how an engine is ended. */
export function withStopFlags(command: Command): Command {
	return command
		.option(
			"--grace <ms>",
			"how long it may take to end by itself before it is killed, in milliseconds",
			wholeNumber,
		)
		.option("--force", "also if nobody has recorded who started it, or if others are connected to it");
}

/** Flags that every command has. */
export function withOutputFlags(command: Command): Command {
	return command
		.option("--json", "print JSON")
		.option("--verbose", "print what is done to standard error (DEBUG=rivet)");
}

/** The options of calls that are about a whole storage root. */
export function storageOptions(flags: Flags, io: CommandLineIo): Unbound<ListInstancesOptions> {
	return { storageRoot: flags.storageRoot, environment: io.environment, signal: io.signal };
}

/** The facade's options for these flags. */
export function engineOptions(flags: Flags, io: CommandLineIo): EngineOptions & CallOptions {
	const isVerbose = flags.verbose === true || isDebugging(io.environment);
	return {
		endpoint: flags.endpoint,
		bindHost: flags.bindHost,
		bindPort: flags.bindPort,
		peerHost: flags.peerHost,
		metricsHost: flags.metricsHost,
		publicUrl: flags.publicUrl,
		spawn: flags.spawn,
		binaryPath: flags.binary,
		cargoRoot: flags.cargoRoot,
		version: flags.engineVersion,
		autoDownload: flags.download ?? downloadsByDefault(io.environment),
		releasesEndpoint: flags.releasesEndpoint,
		unsafelyAllowHttp: flags.unsafelyAllowHttp,
		storageRoot: flags.storageRoot,
		instancePath: flags.instance,
		telemetry: flags.telemetry,
		preset: flags.preset,
		...clusterOptions(flags),
		onVersionMismatch: flags.onVersionMismatch,
		allowUpgrade: flags.allowUpgrade,
		startTimeoutMs: flags.startTimeout,
		lockTimeoutMs: flags.lockTimeout,
		environment: io.environment,
		signal: io.signal,
		logger: stderrLogger(io.stderr, { json: flags.json === true, verbose: isVerbose }),
	};
}

/** A person at a terminal wants the engine fetched; the variable turns that off, also by being empty. */
export function downloadsByDefault(environment: Environment): boolean {
	return !["", "0", "false", "no"].includes(
		environment["RIVETKIT_ENGINE_AUTO_DOWNLOAD"]?.toLowerCase() ?? "1",
	);
}
