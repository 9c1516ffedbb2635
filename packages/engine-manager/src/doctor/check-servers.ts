import net from "node:net";
import { postgresAt } from "../cluster/describe-storage.ts";
import { type AreaFinding, ok } from "./finding.ts";
import { type Situation, spawnLevel } from "./situation.ts";

/** How long a server may take to accept a connection, in milliseconds. */
const LIMIT_MS = 2000;

/** Whether PostgreSQL and NATS can be connected to. No password is sent: whether they let an engine in, a start tells. */
export async function checkServers(situation: Situation): Promise<readonly AreaFinding[]> {
	const { storage, messaging } = situation.configuration;
	const findings: AreaFinding[] = [];
	if (storage.value.kind === "postgres") {
		const name = postgresAt(storage.value.location);
		findings.push(await checkAny(situation, name, storage.value.hosts));
	}
	if (messaging.value.kind === "nats") {
		const { addresses } = messaging.value;
		findings.push(await checkAny(situation, `NATS at ${addresses.join(", ")}`, addresses.map(parseAddress)));
	}
	return findings;
}

interface Address {
	readonly host: string;
	readonly port: number;
}

/** One that accepts is enough: an engine goes to the next. */
async function checkAny(
	situation: Situation,
	name: string,
	addresses: readonly Address[],
): Promise<AreaFinding> {
	const failures = await Promise.all(addresses.map(connectFailure));
	const accepting = failures.filter((failure) => failure === undefined).length;
	if (accepting > 0) return ok(`${name} accepts connections; no password was sent.`);
	return {
		level: spawnLevel(situation),
		message: `${name} cannot be connected to: ${failures.join("; ")}.`,
		cure: "Start it, or correct its address; a firewall may be in between.",
	};
}

/** Why no connection could be made; undefined if one was. */
async function connectFailure({ host, port }: Address): Promise<string | undefined> {
	return await new Promise((resolve) => {
		const socket = net.connect({ host, port });
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
