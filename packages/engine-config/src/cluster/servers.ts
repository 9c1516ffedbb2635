import { type ServerAddress, withoutBrackets } from "@rivetkit/engine-core";
import type { EngineDatabase } from "./database.ts";
import type { PostgresHost } from "./postgres-url.ts";
import type { ClusterConfiguration } from "./read-cluster.ts";

/** A server that an engine needs. */
export interface EngineServer {
	readonly kind: "postgres" | "nats";
	/** The name of the server in messages. */
	readonly name: string;
	/** The addresses that an engine can use. Sockets are left out unless the URL turns TLS off, so the list may be empty. */
	readonly addresses: readonly ServerAddress[];
}

/** Lists the servers that an engine with this configuration needs. */
export function engineServers({
	database,
	messaging,
	secrets,
}: Pick<ClusterConfiguration, "messaging" | "secrets"> & {
	readonly database: EngineDatabase;
}): readonly EngineServer[] {
	const servers: EngineServer[] = [];
	if (database.kind === "postgres") {
		const { name, hosts } = database;
		const usable = hosts.filter(({ host }) => !isFolder(host) || isWithoutTls(secrets.postgresUrl ?? ""));
		servers.push({ kind: "postgres", name, addresses: usable.map(postgresAddress) });
	}
	if (messaging.value.kind === "nats") {
		const { name, addresses } = messaging.value;
		servers.push({ kind: "nats", name, addresses: addresses.map(natsAddress) });
	}
	return servers;
}

/**
 * Makes the address of a host. A host that is a folder contains the server's socket.
 *
 * @see https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNECT-HOST
 */
function postgresAddress({ host, port }: PostgresHost): ServerAddress {
	return isFolder(host) ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

function isFolder(host: string): boolean {
	return host.startsWith("/");
}

/**
 * True if a URL turns TLS off. With TLS, the engine cannot connect to a socket, since its path is not a valid TLS name.
 *
 * @see https://github.com/jbg/tokio-postgres-rustls/issues/6
 */
function isWithoutTls(url: string): boolean {
	return new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("sslmode") === "disable";
}

function natsAddress(address: string): ServerAddress {
	const colon = address.lastIndexOf(":");
	return { host: withoutBrackets(address.slice(0, colon)), port: Number(address.slice(colon + 1)) };
}
