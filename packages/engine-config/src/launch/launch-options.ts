import type { EnginePreset } from "@rivetkit/engine-core";

/** Options that become settings of a started engine. Some have environment variables: see the README's table. */
export interface LaunchOptions {
	/** The address of the api-peer port, which has no authentication. @defaultValue loopback */
	readonly peerHost?: string | undefined;
	/** The address of the metrics port, which has no authentication. @defaultValue loopback */
	readonly metricsHost?: string | undefined;
	/** The URL at which other machines reach the guard. */
	readonly publicUrl?: string | undefined;
	/** Environment variables for the engine. They override inherited variables. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** Engine settings, written to its configuration file, for example settings that are lists. An engine with such settings does not read `/etc/rivet`. */
	readonly config?: Readonly<Record<string, unknown>> | undefined;
	/** The engine's working directory. @defaultValue the working directory of this process */
	readonly cwd?: string | undefined;
	/** The set of values for settings that have no option. @defaultValue `local-dev` */
	readonly preset?: EnginePreset | undefined;
	/**
	 * True if the engine reports to Rivet. The reports contain the PostgreSQL URL. @defaultValue the engine's own default:
	 * true, unless `DO_NOT_TRACK` is set; false with PostgreSQL
	 */
	readonly telemetry?: boolean | undefined;
	/**
	 * True if `peerHost` and `metricsHost` may be addresses that other machines reach. Requests to these ports need no
	 * token. @defaultValue false
	 */
	readonly unsafelyExposeUnauthenticatedPorts?: boolean | undefined;
}
