import { EngineError, type Environment } from "@rivetkit/engine-core";
import { type EnginePreset, presetVariables } from "./presets.ts";

/** An address that the engine binds. `host` is an IP literal without brackets, as the engine wants it. */
export interface BindAddress {
	readonly host: string;
	readonly port: number;
}

/** What an engine's environment is made from. */
export interface EngineEnvironmentRequest {
	readonly guard: BindAddress;
	readonly apiPeer: BindAddress;
	readonly metrics: BindAddress;
	/** Left out where `env` names PostgreSQL. Undefined where a configuration file does. */
	readonly databasePath: string | undefined;
	/** The URL under which clients reach the guard, where it is not the one it binds. */
	readonly publicUrl?: string | undefined;
	readonly preset: EnginePreset;
	/** Undefined leaves the engine's own default, which is on. */
	readonly telemetry?: boolean | undefined;
	/** What the child inherits. */
	readonly environment: Environment;
	/** Set last: it wins over everything else. */
	readonly env?: Readonly<Record<string, string>> | undefined;
}

/** The environment of an engine, and what was kept from it. */
export interface EngineEnvironment {
	readonly variables: Readonly<Record<string, string>>;
	/** Inherited variables that were left out because they would move the engine to another database. */
	readonly removed: readonly string[];
}

const STORAGE_VARIABLE = /^RIVET__(FILE_SYSTEM|POSTGRES|NATS)__/i;

/** Where the engine's built-in topology says that it is; 0.0.0.0 is told of as this address. */
const DEFAULT_GUARD_URL = "http://127.0.0.1:6420";

/**
 * The variables that an engine gets: what is inherited, the preset, its addresses and its database.
 *
 * `RUST_LOG` is not inherited: with `warn` or less the engine no longer logs what a failed start is
 * explained from.
 *
 * @throws EngineError `invalid_option` for a `publicUrl` that is not a URL.
 */
export function engineEnvironment(
	request: EngineEnvironmentRequest,
	engineVersion: string | undefined,
): EngineEnvironment {
	const { guard, apiPeer, metrics, telemetry } = request;
	const own: Readonly<Record<string, string>> = {
		...presetVariables(request.preset, engineVersion),
		...topology(request),
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
	for (const [name, value] of Object.entries(request.environment)) {
		const key = name.toUpperCase();
		if (value === undefined || key === "RUST_LOG") continue;
		// The engine takes its variables in any case, and `rivet__guard__port` could win over ours.
		const isOverridden = key.startsWith("RIVET__") && key in own;
		if (STORAGE_VARIABLE.test(name)) removed.push(name);
		else if (!isOverridden) inherited[name] = value;
	}
	return { variables: { ...inherited, ...own }, removed };
}

/** With a path beside it the engine refuses PostgreSQL as an unknown field. */
function database({ databasePath, env = {} }: EngineEnvironmentRequest): Readonly<Record<string, string>> {
	const usesPostgres = Object.keys(env).some((name) => /^RIVET__POSTGRES__/i.test(name));
	return databasePath === undefined || usesPostgres ? {} : { RIVET__FILE_SYSTEM__PATH: databasePath };
}

/** Without a topology the engine tells its clients to connect to port 6420, wherever it listens. */
function topology(request: EngineEnvironmentRequest): Readonly<Record<string, string>> {
	const guardUrl = `http://${urlHost(request.guard.host)}:${request.guard.port}`;
	if (guardUrl === DEFAULT_GUARD_URL && request.publicUrl === undefined) return {};
	const url = request.publicUrl === undefined ? new URL(guardUrl) : parsePublicUrl(request.publicUrl);
	const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
	const datacenter = "RIVET__TOPOLOGY__DATACENTERS__DEFAULT__";
	return {
		RIVET__TOPOLOGY__DATACENTER_LABEL: "1",
		[`${datacenter}DATACENTER_LABEL`]: "1",
		[`${datacenter}IS_LEADER`]: "true",
		[`${datacenter}PUBLIC_URL`]: url.href.replace(/\/+$/, ""),
		[`${datacenter}PEER_URL`]: `${url.protocol}//${url.hostname}:${port + 1}`,
	};
}

function parsePublicUrl(publicUrl: string): URL {
	const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
	if (url?.protocol === "http:" || url?.protocol === "https:") return url;
	throw new EngineError("invalid_option", `Option 'publicUrl' is '${publicUrl}', which is not an HTTP URL.`, {
		metadata: { option: "publicUrl", hint: "Give it with its scheme, such as 'https://engine.example.com'." },
	});
}

/** A host as it stands in a URL; an engine that binds every address is told of as loopback. */
function urlHost(host: string): string {
	if (host === "0.0.0.0") return "127.0.0.1";
	if (host === "::") return "[::1]";
	return host.includes(":") ? `[${host}]` : host;
}
