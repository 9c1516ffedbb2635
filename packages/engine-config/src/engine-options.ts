import type { EnginePreset } from "@rivetkit/engine-core";
import type { EngineMessaging, EngineStorage, EngineTopology, Readiness } from "./cluster/cluster-options.ts";

/** Whether an engine may be started: where the endpoint is this machine, always, or never. */
export type SpawnMode = "auto" | "always" | "never";

/** What to do about a running engine of another version than the one that would have been started. */
export type VersionMismatchPolicy = "warn" | "reuse" | "error" | "restart";

/** What to do about an engine that has crashed: tell of it, or start it again. */
export type CrashPolicy = "report" | "restart";

/** Which engine is meant. Some may come from a variable too; see the README's table. */
export interface EngineOptions {
	/** Where the engine is asked. @defaultValue `http://127.0.0.1:6420`, or as `bindHost` and `bindPort` say */
	readonly endpoint?: string | undefined;
	/** The address that the guard binds. @defaultValue the endpoint's host */
	readonly bindHost?: string | undefined;
	/** The port that the guard binds. @defaultValue the endpoint's port */
	readonly bindPort?: number | undefined;
	/** The address of the api-peer port, which has no authentication. @defaultValue loopback */
	readonly peerHost?: string | undefined;
	/** The address of the metrics port, which has no authentication. @defaultValue loopback */
	readonly metricsHost?: string | undefined;
	/** The URL under which others reach the guard. */
	readonly publicUrl?: string | undefined;
	/** @defaultValue `auto` */
	readonly spawn?: SpawnMode | undefined;
	/** A binary to use instead of every other source. */
	readonly binaryPath?: string | undefined;
	/** A folder in or below a checkout of Rivet, whose own build is then used. @defaultValue none is looked for */
	readonly cargoRoot?: string | undefined;
	/** @defaultValue that of the installed `@rivetkit/engine-cli`, else the one this package was released with */
	readonly version?: string | undefined;
	/** Whether the binary may be fetched. @defaultValue false */
	readonly autoDownload?: boolean | undefined;
	/** Where releases are fetched from. @defaultValue `https://releases.rivet.dev` */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** Whether releases may be fetched over plain http from beyond this machine. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
	/** The `.rivetkit` folder. @defaultValue `~/.rivetkit` */
	readonly storageRoot?: string | undefined;
	/** A name or a folder, for an engine beside the default one. */
	readonly instancePath?: string | undefined;
	/** Variables for the engine, over all others. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** Engine settings that variables cannot carry; with it the engine does not read `/etc/rivet`. */
	readonly config?: Readonly<Record<string, unknown>> | undefined;
	/** The engine's working directory. @defaultValue that of this process */
	readonly cwd?: string | undefined;
	/** @defaultValue `local-dev` */
	readonly preset?: EnginePreset | undefined;
	/**
	 * Whether the engine reports to Rivet, with the URL of PostgreSQL among what it says. @defaultValue the engine's
	 * own: on, unless `DO_NOT_TRACK` is set; off with PostgreSQL
	 */
	readonly telemetry?: boolean | undefined;
	/** Where its data is. @defaultValue the file system, in the folder of the instance */
	readonly storage?: EngineStorage | undefined;
	/** How several engines on one PostgreSQL database reach each other. @defaultValue memory: there is one */
	readonly messaging?: EngineMessaging | undefined;
	/** What it tells others about its place, beside `publicUrl`. */
	readonly topology?: EngineTopology | undefined;
	/** Who sends this as a Bearer token may do everything. @defaultValue none: whoever reaches the guard may */
	readonly adminToken?: string | undefined;
	/** When it counts as ready. @defaultValue `health`; `database` with PostgreSQL */
	readonly ready?: Readiness | undefined;
	/**
	 * Whether `peerHost` and `metricsHost` may be addresses that other machines reach: nothing that is asked at these
	 * ports needs a token. @defaultValue false
	 */
	readonly unsafelyExposeUnauthenticatedPorts?: boolean | undefined;
	/** @defaultValue `warn` */
	readonly onVersionMismatch?: VersionMismatchPolicy | undefined;
	/** What to do when the engine crashes while the handle is held. @defaultValue `report` */
	readonly onCrash?: CrashPolicy | undefined;
	/**
	 * Whether the engine may be newer than the one that the project's `rivetkit` brings, which cannot use the
	 * database afterwards. @defaultValue false
	 */
	readonly allowUpgrade?: boolean | undefined;
	/** From the spawn until it is ready, in milliseconds. @defaultValue 30000; 60000 with PostgreSQL */
	readonly startTimeoutMs?: number | undefined;
	/**
	 * How long one host that is starting an engine is waited for, in milliseconds, as long as none answers; then
	 * the start goes on without its lock. @defaultValue 60000
	 */
	readonly lockTimeoutMs?: number | undefined;
	/** Whether to wait for an engine that is not managed here. @defaultValue false */
	readonly waitForRemote?: boolean | undefined;
}
