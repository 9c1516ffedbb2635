import net from "node:net";
import { postgresAt } from "../cluster/describe-storage.ts";
import type { PostgresHost } from "../cluster/postgres-url.ts";
import { type AreaFinding, ok } from "./finding.ts";
import { type Situation, spawnLevel } from "./situation.ts";

/** How long a server may take to accept a connection, in milliseconds. */
const LIMIT_MS = 2000;

/** Whether PostgreSQL and NATS can be connected to. No password is sent: whether they let an engine in, a start tells. */
export async function checkServers(situation: Situation): Promise<readonly AreaFinding[]> {
	const { storage, messaging, secrets } = situation.configuration;
	const findings: AreaFinding[] = [];
	if (storage.value.kind === "postgres") {
		const name = postgresAt(storage.value.location);
		const hosts = reachable(storage.value.hosts, secrets.postgresUrl ?? "");
		findings.push(
			hosts.length === 0
				? {
						level: spawnLevel(situation),
						message: `${name} is a socket, which an engine does not connect to while it may ask for TLS.`,
						cure: "Add the parameter `sslmode=disable` to the URL: nothing on a socket leaves this machine.",
					}
				: await checkAny(situation, name, hosts.map(postgresAddress)),
		);
	}
	if (messaging.value.kind === "nats") {
		const { addresses } = messaging.value;
		findings.push(await checkAny(situation, `NATS at ${addresses.join(", ")}`, addresses.map(parseAddress)));
	}
	return findings;
}

/** Where a server listens. */
type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** One that accepts is enough: an engine goes to the next. */
async function checkAny(
	situation: Situation,
	name: string,
	addresses: readonly Address[],
): Promise<AreaFinding> {
	const failures = await Promise.all(addresses.map(connectFailure));
	if (failures.includes(undefined)) return ok(`${name} accepts connections; no password was sent.`);
	return {
		level: spawnLevel(situation),
		message: `${name} cannot be connected to: ${[...new Set(failures)].join("; ")}.`,
		cure: "Start it, or correct its address; a firewall may be in between.",
	};
}

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
 * The hosts that an engine connects to: unless TLS is off, it takes the path of a socket for an invalid name.
 *
 * @see https://github.com/jbg/tokio-postgres-rustls/issues/6
 */
function reachable(hosts: readonly PostgresHost[], url: string): readonly PostgresHost[] {
	const isPlain = new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("sslmode") === "disable";
	return hosts.filter(({ host }) => isPlain || !isFolder(host));
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

function parseAddress(address: string): Address {
	const colon = address.lastIndexOf(":");
	return { host: address.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(address.slice(colon + 1)) };
}
