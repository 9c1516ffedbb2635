import { requireOption } from "@rivetkit/engine-core";
import { type EngineLaunch, requireLaunch } from "./engine-launch.ts";
import { presetVariables } from "./presets.ts";
import { topologyVariables } from "./topology.ts";

/** The environment of an engine, and the inherited variables that were left out. */
export interface EngineEnvironment {
	readonly variables: Readonly<Record<string, string>>;
	/**
	 * Names of inherited environment variables that were left out because they would move the engine to another
	 * database.
	 */
	readonly removed: readonly string[];
	/** Names of inherited variables that were left out because they carry secrets. */
	readonly withheld: readonly string[];
}

const STORAGE_VARIABLE = /^RIVET__(FILE_SYSTEM|POSTGRES|NATS)__/i;

/**
 * Makes the environment variables that an engine gets: inherited variables, the preset, its addresses and its
 * database. Pure.
 *
 * `RUST_LOG` is not inherited: with `warn` or less the engine no longer logs the lines that explain a failed start.
 *
 * @throws EngineError `invalid_option`, also for a `publicUrl` or `peerUrl` that is not an HTTP URL.
 */
export function engineEnvironment(
	launch: EngineLaunch,
	engineVersion: string | undefined,
): EngineEnvironment {
	requireLaunch(launch);
	requireOption(
		"engineVersion",
		engineVersion === undefined || typeof engineVersion === "string",
		"a version such as 2.3.19",
	);
	const { guard, apiPeer, metrics, telemetry } = launch;
	const withheld = new Set(launch.withheld?.map((name) => name.toUpperCase()));
	const own: Readonly<Record<string, string>> = {
		...presetVariables(launch.preset, engineVersion),
		...topologyVariables(launch),
		...(telemetry === undefined ? {} : { RIVET__TELEMETRY__ENABLED: String(telemetry) }),
		RIVET__GUARD__HOST: guard.host,
		RIVET__GUARD__PORT: String(guard.port),
		RIVET__API_PEER__HOST: apiPeer.host,
		RIVET__API_PEER__PORT: String(apiPeer.port),
		RIVET__METRICS__HOST: metrics.host,
		RIVET__METRICS__PORT: String(metrics.port),
		...database(launch),
		...launch.env,
	};
	const inherited: Record<string, string> = {};
	const removed: string[] = [];
	const secret: string[] = [];
	for (const [name, value] of Object.entries(launch.environment)) {
		const key = name.toUpperCase();
		if (value === undefined || key === "RUST_LOG") continue;
		// The engine ignores the case of variable names, so `rivet__guard__port` could override our variable.
		const isOverridden = key.startsWith("RIVET__") && key in own;
		if (withheld.has(key)) secret.push(name);
		else if (STORAGE_VARIABLE.test(name)) removed.push(name);
		else if (!isOverridden) inherited[name] = value;
	}
	return { variables: { ...inherited, ...own }, removed, withheld: secret };
}

/** Sets the path of the database, unless PostgreSQL is set too: the engine refuses both together. */
function database({ databasePath, env = {} }: EngineLaunch): Readonly<Record<string, string>> {
	const usesPostgres = Object.keys(env).some((name) => /^RIVET__POSTGRES__/i.test(name));
	return databasePath === undefined || usesPostgres ? {} : { RIVET__FILE_SYSTEM__PATH: databasePath };
}
