import type { EnginePreset } from "@rivetkit/engine-core";

/** Options that become the settings of a started engine. The README's table names the variables of some. */
export interface LaunchOptions {
	/** The address of the api-peer port, which has no authentication. @defaultValue loopback */
	readonly peerHost?: string | undefined;
	/** The address of the metrics port, which has no authentication. @defaultValue loopback */
	readonly metricsHost?: string | undefined;
	/** The URL at which others reach the guard. */
	readonly publicUrl?: string | undefined;
	/** Variables for the engine. They win over inherited variables. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** Settings of the engine that variables cannot carry. An engine with such settings does not read `/etc/rivet`. */
	readonly config?: Readonly<Record<string, unknown>> | undefined;
	/** The engine's working directory. @defaultValue that of this process */
	readonly cwd?: string | undefined;
	/** The settings of the engine that no option names. @defaultValue `local-dev` */
	readonly preset?: EnginePreset | undefined;
	/**
	 * True if the engine reports to Rivet. The reports contain the URL of PostgreSQL. @defaultValue the engine's own:
	 * true, unless `DO_NOT_TRACK` is set; false with PostgreSQL
	 */
	readonly telemetry?: boolean | undefined;
	/**
	 * True if `peerHost` and `metricsHost` may be addresses that other machines reach. Requests to these ports need no
	 * token. @defaultValue false
	 */
	readonly unsafelyExposeUnauthenticatedPorts?: boolean | undefined;
}
