import net from "node:net";
import type { EngineConfiguration, PostgresHost } from "@rivetkit/engine-config";
import { EngineError, withoutBrackets } from "@rivetkit/engine-core";

/** How long a server may take to accept a connection, in milliseconds. */
const LIMIT_MS = 2000;

/** A server that an engine needs. */
export interface ReachedServer {
	readonly code: "storage_unavailable" | "messaging_unavailable";
	readonly name: string;
	/** Why an engine cannot connect to it, and what to do; undefined if one of its addresses accepts connections. */
	readonly failure: { readonly reason: string; readonly cure: string } | undefined;
}

/** Whether PostgreSQL and NATS accept connections. Nothing is sent: whether they let an engine in, a start tells. */
export async function reachServers({
	database,
	messaging,
	secrets,
}: Pick<EngineConfiguration, "database" | "messaging" | "secrets">): Promise<readonly ReachedServer[]> {
	const servers: Promise<ReachedServer>[] = [];
	if (database.kind === "postgres") {
		const { name, hosts } = database;
		const usable = hosts.filter(({ host }) => !isFolder(host) || isPlain(secrets.postgresUrl ?? ""));
		servers.push(reach("storage_unavailable", name, usable.map(postgresAddress)));
	}
	if (messaging.value.kind === "nats") {
		const { name, addresses } = messaging.value;
		servers.push(reach("messaging_unavailable", name, addresses.map(parseAddress)));
	}
	return await Promise.all(servers);
}

/**
 * Checks that, before an engine is ended that runs.
 *
 * @throws EngineError `storage_unavailable`, `messaging_unavailable`.
 */
export async function requireServers(configuration: EngineConfiguration): Promise<void> {
	for (const { code, name, failure } of await reachServers(configuration)) {
		if (failure === undefined) continue;
		throw new EngineError(code, `${name} cannot be connected to: ${failure.reason}.`, {
			metadata: { hint: `${failure.cure} The engine that runs was left alone.` },
		});
	}
}

/** Where a server listens. */
type Address = { readonly host: string; readonly port: number } | { readonly path: string };

async function reach(
	code: ReachedServer["code"],
	name: string,
	addresses: readonly Address[],
): Promise<ReachedServer> {
	if (addresses.length === 0) return { code, name, failure: TLS_ON_SOCKET };
	const reasons = await Promise.all(addresses.map(connectFailure));
	// One that accepts is enough: an engine goes to the next.
	if (reasons.includes(undefined)) return { code, name, failure: undefined };
	const cure = "Start it, or correct its address; a firewall may be in between.";
	return { code, name, failure: { reason: [...new Set(reasons)].join("; "), cure } };
}

/**
 * Unless TLS is off, an engine takes the path of a socket for an invalid name.
 *
 * @see https://github.com/jbg/tokio-postgres-rustls/issues/6
 */
const TLS_ON_SOCKET = {
	reason: "it is a socket, which an engine does not connect to while it may ask for TLS",
	cure: "Add the parameter `sslmode=disable` to the URL: nothing on a socket leaves this machine.",
};

/** Why no connection could be made; undefined if one was. */
async function connectFailure(address: Address): Promise<string | undefined> {
	return await new Promise((resolve) => {
		const socket = net.connect(address);
		const done = (failure: string | undefined): void => {
			socket.destroy();
			resolve(failure);
		};
		socket.setTimeout(LIMIT_MS, () => done(`no answer within ${LIMIT_MS} ms`));
		socket.once("connect", () => done(undefined));
		socket.once("error", ({ message, code }: NodeJS.ErrnoException) => done(message || code || "it failed"));
	});
}

/**
 * Of a socket the folder is named.
 *
 * @see https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNECT-HOST
 */
function postgresAddress({ host, port }: PostgresHost): Address {
	return isFolder(host) ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

function isFolder(host: string): boolean {
	return host.startsWith("/");
}

function isPlain(url: string): boolean {
	return new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("sslmode") === "disable";
}

function parseAddress(address: string): Address {
	const colon = address.lastIndexOf(":");
	return { host: withoutBrackets(address.slice(0, colon)), port: Number(address.slice(colon + 1)) };
}
