import net from "node:net";
import { EngineError } from "@rivetkit/engine-core";
import type { EngineConfiguration } from "../configuration.ts";
import { postgresAt } from "./describe-storage.ts";

/** How long a server may take to accept a connection, in milliseconds. */
const LIMIT_MS = 2000;

/** A server that an engine needs. */
export interface ReachedServer {
	readonly code: "storage_unavailable" | "messaging_unavailable";
	readonly name: string;
	/** Why none of its addresses accepts a connection; undefined if one does. */
	readonly failure: string | undefined;
}

/** Whether PostgreSQL and NATS accept connections. Nothing is sent: whether they let an engine in, a start tells. */
export async function reachServers({
	storage,
	messaging,
}: Pick<EngineConfiguration, "storage" | "messaging">): Promise<readonly ReachedServer[]> {
	const servers: Promise<ReachedServer>[] = [];
	if (storage.value.kind === "postgres") {
		const { location, hosts } = storage.value;
		servers.push(reach("storage_unavailable", postgresAt(location), hosts));
	}
	if (messaging.value.kind === "nats") {
		const { addresses } = messaging.value;
		servers.push(
			reach("messaging_unavailable", `NATS at ${addresses.join(", ")}`, addresses.map(parseAddress)),
		);
	}
	return await Promise.all(servers);
}

/**
 * Checks that, before an engine is ended that runs.
 *
 * @throws EngineError `storage_unavailable`, `messaging_unavailable`.
 */
export async function requireServers(configuration: EngineConfiguration): Promise<void> {
	const down = (await reachServers(configuration)).find(({ failure }) => failure !== undefined);
	if (down === undefined) return;
	throw new EngineError(down.code, `${down.name} cannot be connected to: ${down.failure}.`, {
		metadata: { hint: "Start it, or correct its address; the engine that runs was left alone." },
	});
}

interface Address {
	readonly host: string;
	readonly port: number;
}

async function reach(
	code: ReachedServer["code"],
	name: string,
	addresses: readonly Address[],
): Promise<ReachedServer> {
	const failures = await Promise.all(addresses.map(connectFailure));
	// One that accepts is enough: an engine goes to the next.
	const isReached = failures.includes(undefined);
	return { code, name, failure: isReached ? undefined : [...new Set(failures)].join("; ") };
}

/** Why no connection could be made; undefined if one was. */
async function connectFailure({ host, port }: Address): Promise<string | undefined> {
	return await new Promise((resolve) => {
		const isSocket = host.startsWith("/");
		const socket = net.connect(isSocket ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
		const done = (failure: string | undefined): void => {
			socket.destroy();
			resolve(failure);
		};
		socket.setTimeout(LIMIT_MS, () => done(`no answer within ${LIMIT_MS} ms`));
		socket.once("connect", () => done(undefined));
		socket.once("error", ({ message, code }: NodeJS.ErrnoException) => done(message || code || "it failed"));
	});
}

function parseAddress(address: string): Address {
	const colon = address.lastIndexOf(":");
	return { host: address.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(address.slice(colon + 1)) };
}
