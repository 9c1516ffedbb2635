import { type EngineConfiguration, type EngineServer, engineServers } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";

/** A server that an engine needs, with the result of a connection attempt. */
export interface ReachedServer {
	readonly kind: EngineServer["kind"];
	/** Names the server in messages. */
	readonly name: string;
	/**
	 * The reason why the server cannot be reached, and what to do; undefined if one of its addresses accepts
	 * connections.
	 */
	readonly failure: { readonly reason: string; readonly cure: string } | undefined;
}

/**
 * Finds out whether PostgreSQL and NATS accept connections. Sends nothing: only a start shows whether they accept an
 * engine's credentials.
 */
export async function reachServers(configuration: EngineConfiguration): Promise<readonly ReachedServer[]> {
	return await Promise.all(engineServers(configuration).map(reach));
}

/**
 * Checks, before a running engine is ended, that the servers of the next engine accept connections.
 *
 * @throws EngineError `storage_unavailable`, `messaging_unavailable`.
 */
export async function requireServers(configuration: EngineConfiguration): Promise<void> {
	for (const { kind, name, failure } of await reachServers(configuration)) {
		if (failure === undefined) continue;
		throw new EngineError(CODES[kind], `${name} cannot be connected to: ${failure.reason}.`, {
			metadata: { hint: `${failure.cure} The engine that runs was left alone.` },
		});
	}
}

const CODES = { postgres: "storage_unavailable", nats: "messaging_unavailable" } as const;

async function reach({ kind, name, addresses }: EngineServer): Promise<ReachedServer> {
	if (addresses.length === 0) return { kind, name, failure: TLS_ON_SOCKET };
	const { connectFailure } = await import("@rivetkit/engine-inspect");
	const reasons = await Promise.all(addresses.map(connectFailure));
	// If one address fails, an engine tries the next address.
	if (reasons.includes(undefined)) return { kind, name, failure: undefined };
	const cure = "Start it, or correct its address; a firewall may be in between.";
	return { kind, name, failure: { reason: [...new Set(reasons)].join("; "), cure } };
}

const TLS_ON_SOCKET = {
	reason: "it is a socket, which an engine does not connect to while it may ask for TLS",
	cure: "Add the parameter `sslmode=disable` to the URL: nothing on a socket leaves this machine.",
};
