import type {
	CallOptions,
	EngineOptions,
	Environment,
	ListInstancesOptions,
	Unbound,
} from "@rivetkit/engine-manager";
import type { Command } from "commander";
import { type CommandLineIo, isDebugging, stderrLogger } from "../io.ts";
import { type ClusterFlags, clusterOptions } from "./cluster-flags.ts";
import { wholeNumber } from "./numbers.ts";
import { flaggedOptions, withFlags } from "./table-flags.ts";

/**
 * The values of the flags that the code of this tool names, by commander's names. `flaggedOptions` passes on all flags that
 * have an option.
 */
export interface Flags extends ClusterFlags {
	readonly endpoint?: string;
	readonly bindPort?: number;
	readonly download?: boolean;
	readonly storageRoot?: string;
	readonly instance?: string;
	readonly telemetry?: boolean;
	readonly preset?: EngineOptions["preset"];
	readonly verbose?: boolean;
	readonly json?: boolean;
}

/** Values of the flags of commands that stop an engine. */
export interface StopFlags {
	readonly grace?: number;
	readonly force?: boolean;
}

/** Adds the flags that select an engine. */
export function withTargetFlags(command: Command): Command {
	return withFlags(withStorageFlag(command), "target");
}

/** Adds the flag for the folder with cached binaries and databases. */
export function withStorageFlag(command: Command): Command {
	return withFlags(command, "storage");
}

/** Adds the flags for the servers that binaries are fetched from. */
export function withReleaseFlags(command: Command): Command {
	return withFlags(command, "releases");
}

/** Adds the flags that choose a binary, which may have to be downloaded. */
export function withBinaryFlags(command: Command): Command {
	return withFlags(withInstalledFlags(withReleaseFlags(command)), "binary");
}

/** Adds the flags that choose among the installed binaries. */
export function withInstalledFlags(command: Command): Command {
	return withFlags(command, "installed binary");
}

/** Adds the flags for the start of an engine. */
export function withStartFlags(command: Command): Command {
	return withFlags(withLaunchFlags(command), "start");
}

/** Adds the flags for the settings of an engine. */
export function withLaunchFlags(command: Command): Command {
	return withFlags(withClusterFlags(command), "launch");
}

/** Adds the flags for the servers that an engine uses, and for its token. */
export function withClusterFlags(command: Command): Command {
	return withFlags(withTokenFlag(command), "cluster");
}

/** Adds the flag for the token that an engine requires. */
export function withTokenFlag(command: Command): Command {
	return withFlags(command, "token");
}

/** Adds the flags for stopping an engine. */
export function withStopFlags(command: Command): Command {
	return command
		.option(
			"--grace <ms>",
			"how long it may take to end by itself before it is killed, in milliseconds",
			wholeNumber,
		)
		.option("--force", "also if nobody has recorded who started it, or if others are connected to it");
}

/** Adds the flags of commands that can print JSON. */
export function withOutputFlags(command: Command): Command {
	return command
		.option("--json", "print JSON")
		.option("--verbose", "print what is done to standard error (DEBUG=rivet)");
}

/** Reads the options for calls that concern a whole storage root. */
export function storageOptions(flags: Flags, io: CommandLineIo): Unbound<ListInstancesOptions> {
	return { storageRoot: flags.storageRoot, environment: io.environment, signal: io.signal };
}

/** Makes the options of the libraries from flags and `io`. */
export function engineOptions(flags: Flags, io: CommandLineIo): EngineOptions & CallOptions {
	const isVerbose = flags.verbose === true || isDebugging(io.environment);
	return {
		...flaggedOptions(flags),
		...clusterOptions(flags),
		autoDownload: flags.download ?? downloadsByDefault(io.environment),
		environment: io.environment,
		signal: io.signal,
		logger: stderrLogger(io.stderr, { json: flags.json === true, verbose: isVerbose }),
	};
}

/**
 * Returns whether a missing engine is downloaded if no flag decides. A user at a terminal expects a download, so only the
 * environment variable turns it off, even if it is empty.
 */
export function downloadsByDefault(environment: Environment): boolean {
	return !["", "0", "false", "no"].includes(
		environment["RIVETKIT_ENGINE_AUTO_DOWNLOAD"]?.toLowerCase() ?? "1",
	);
}
