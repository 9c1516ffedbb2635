import type { BindAddress, EnginePreset, Environment } from "@rivetkit/engine-core";
import { presetVariables } from "./presets.ts";
import { type TopologyRequest, topologyVariables } from "./topology.ts";

/** What an engine's environment is made from. */
export interface EngineEnvironmentRequest extends TopologyRequest {
	readonly apiPeer: BindAddress;
	readonly metrics: BindAddress;
	/** Left out where `env` names PostgreSQL. Undefined where a configuration file does. */
	readonly databasePath: string | undefined;
	readonly preset: EnginePreset;
	/** Undefined leaves the engine's own default, which is on. */
	readonly telemetry?: boolean | undefined;
	/** What the child inherits. */
	readonly environment: Environment;
	/** Names, in any case, of variables that it does not inherit because they carry secrets. */
	readonly withheld?: readonly string[] | undefined;
	/** Set last: it wins over everything else. */
	readonly env?: Readonly<Record<string, string>> | undefined;
}

/** The environment of an engine, and what was kept from it. */
export interface EngineEnvironment {
	readonly variables: Readonly<Record<string, string>>;
	/** Inherited variables that were left out because they would move the engine to another database. */
	readonly removed: readonly string[];
	/** Inherited variables that were left out because they carry secrets. */
	readonly withheld: readonly string[];
}

const STORAGE_VARIABLE = /^RIVET__(FILE_SYSTEM|POSTGRES|NATS)__/i;

/**
 * The variables that an engine gets: what is inherited, the preset, its addresses and its database.
 *
 * `RUST_LOG` is not inherited: with `warn` or less the engine no longer logs what a failed start is
 * explained from.
 *
 * @throws EngineError `invalid_option` for a `publicUrl` or `peerUrl` that is not a URL.
 */
export function engineEnvironment(
	request: EngineEnvironmentRequest,
	engineVersion: string | undefined,
): EngineEnvironment {
	const { guard, apiPeer, metrics, telemetry } = request;
	const withheld = new Set(request.withheld?.map((name) => name.toUpperCase()));
	const own: Readonly<Record<string, string>> = {
		...presetVariables(request.preset, engineVersion),
		...topologyVariables(request),
		...(telemetry === undefined ? {} : { RIVET__TELEMETRY__ENABLED: String(telemetry) }),
		RIVET__GUARD__HOST: guard.host,
		RIVET__GUARD__PORT: String(guard.port),
		RIVET__API_PEER__HOST: apiPeer.host,
		RIVET__API_PEER__PORT: String(apiPeer.port),
		RIVET__METRICS__HOST: metrics.host,
		RIVET__METRICS__PORT: String(metrics.port),
		...database(request),
		...request.env,
	};
	const inherited: Record<string, string> = {};
	const removed: string[] = [];
	const secret: string[] = [];
	for (const [name, value] of Object.entries(request.environment)) {
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

/** With a path beside it the engine refuses PostgreSQL as an unknown field. */
function database({ databasePath, env = {} }: EngineEnvironmentRequest): Readonly<Record<string, string>> {
	const usesPostgres = Object.keys(env).some((name) => /^RIVET__POSTGRES__/i.test(name));
	return databasePath === undefined || usesPostgres ? {} : { RIVET__FILE_SYSTEM__PATH: databasePath };
}
