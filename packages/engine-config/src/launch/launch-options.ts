import type { EnginePreset } from "@rivetkit/engine-core";

/** Options that say what an engine is told. Some may come from a variable too; see the README's table. */
export interface LaunchOptions {
	/** The address of the api-peer port, which has no authentication. @defaultValue loopback */
	readonly peerHost?: string | undefined;
	/** The address of the metrics port, which has no authentication. @defaultValue loopback */
	readonly metricsHost?: string | undefined;
	/** The URL under which others reach the guard. */
	readonly publicUrl?: string | undefined;
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
	/**
	 * Whether `peerHost` and `metricsHost` may be addresses that other machines reach: nothing that is asked at these
	 * ports needs a token. @defaultValue false
	 */
	readonly unsafelyExposeUnauthenticatedPorts?: boolean | undefined;
}
