import { requireOption } from "@rivetkit/engine-core";
import { type EngineLaunch, requireLaunch } from "./engine-launch.ts";
import { presetVariables } from "./presets.ts";
import { topologyVariables } from "./topology.ts";

/** The environment of an engine, and the inherited variables that were left out. */
export interface EngineEnvironment {
	readonly variables: Readonly<Record<string, string>>;
	/** Names of inherited variables that were left out because they would move the engine to another database. */
	readonly removed: readonly string[];
	/** Names of inherited variables that were left out because they carry secrets. */
	readonly withheld: readonly string[];
}

const STORAGE_VARIABLE = /^RIVET__(FILE_SYSTEM|POSTGRES|NATS)__/i;

/**
 * Makes the variables that an engine gets: those that it inherits, the preset, its addresses and its database. Pure.
 *
 * `RUST_LOG` is not inherited: with `warn` or less the engine no longer logs what a failed start is
 * explained from.
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
		// The engine takes its variables in any case, and `rivet__guard__port` could win over ours.
		const isOverridden = key.startsWith("RIVET__") && key in own;
		if (withheld.has(key)) secret.push(name);
		else if (STORAGE_VARIABLE.test(name)) removed.push(name);
		else if (!isOverridden) inherited[name] = value;
	}
	return { variables: { ...inherited, ...own }, removed, withheld: secret };
}

/** Leaves the path out beside PostgreSQL, which the engine then refuses as an unknown field. */
function database({ databasePath, env = {} }: EngineLaunch): Readonly<Record<string, string>> {
	const usesPostgres = Object.keys(env).some((name) => /^RIVET__POSTGRES__/i.test(name));
	return databasePath === undefined || usesPostgres ? {} : { RIVET__FILE_SYSTEM__PATH: databasePath };
}
