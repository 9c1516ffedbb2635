import { type Check, isRecord, oneOf, text, url } from "../checks.ts";
import { parsePostgresUrl } from "./postgres-url.ts";

/** A storage. */
export const storage: Check = (value) => {
	if (!isRecord(value)) return STORAGE;
	if (value["kind"] === "file-system") return withoutOthers(value, ["kind"], "storage");
	if (value["kind"] !== "postgres") return STORAGE;
	const flaw = value["url"] === undefined ? undefined : postgresUrlFlaw(value["url"]);
	if (flaw !== undefined) return `one whose \`storage.url\` is a URL of PostgreSQL: ${flaw}`;
	return ssl(value["ssl"]) ?? withoutOthers(value, ["kind", "url", "ssl"], "storage");
};

const STORAGE = "{ kind: 'file-system' }, or { kind: 'postgres', url }";

/** What is wrong with a URL, without quoting it, since it has a password in it. */
export function postgresUrlFlaw(value: unknown): string | undefined {
	if (text(value) !== undefined) return "it is like postgresql://user:password@host:5432/database";
	const parsed = parsePostgresUrl(value as string);
	return parsed.kind === "valid" ? undefined : parsed.reason;
}

function ssl(value: unknown): string | undefined {
	if (value === undefined) return undefined;
	const names = ["rootCertPath", "clientCertPath", "clientKeyPath"];
	if (!isRecord(value)) return `one whose \`storage.ssl\` is an object with ${names.join(", ")}`;
	const wrong = names.find((name) => value[name] !== undefined && text(value[name]) !== undefined);
	if (wrong !== undefined) return `one whose \`storage.ssl.${wrong}\` is the path of a file`;
	return withoutOthers(value, names, "storage.ssl");
}

/** A messaging. */
export const messaging: Check = (value) => {
	if (!isRecord(value)) return MESSAGING;
	if (value["kind"] === "memory") return withoutOthers(value, ["kind"], "messaging");
	if (value["kind"] !== "nats") return MESSAGING;
	const { addresses, username, password } = value;
	const wrong = Object.entries({ username, password }).find(
		([, given]) => given !== undefined && text(given) !== undefined,
	);
	if (wrong !== undefined) return `one whose \`messaging.${wrong[0]}\` is a string that is not empty`;
	const flaw = addresses === undefined ? undefined : natsAddresses(addresses);
	if (flaw !== undefined) return `one whose \`messaging.addresses\` are ${flaw}`;
	return withoutOthers(value, ["kind", "addresses", "username", "password"], "messaging");
};

const MESSAGING = "{ kind: 'memory' }, or { kind: 'nats', addresses }";

/** Addresses of NATS. The engine logs them, so there must be no password in them. */
export const natsAddresses: Check = (value) => {
	const isAddress = (item: unknown): boolean => {
		const port = typeof item === "string" ? Number(ADDRESS.exec(item)?.[1]) : 0;
		return port >= 1 && port <= 65535;
	};
	return Array.isArray(value) && value.length > 0 && value.every(isAddress)
		? undefined
		: "hosts with ports, such as nats.internal:4222, each for itself, without a scheme or credentials";
};

const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[^\s:/@[\],]+):(\d{1,5})$/i;

/** A topology. */
export const topology: Check = (value) => {
	if (!isRecord(value)) return "{ datacenterLabel, peerUrl }";
	const { datacenterLabel, peerUrl } = value;
	if (datacenterLabel !== undefined && label(datacenterLabel) !== undefined) {
		return "one whose `topology.datacenterLabel` is a number from 1 to 65535";
	}
	if (peerUrl !== undefined && url(peerUrl) !== undefined) {
		return "one whose `topology.peerUrl` is an http or https URL";
	}
	return withoutOthers(value, ["datacenterLabel", "peerUrl"], "topology");
};

/** The number of a datacenter, which the engine keeps in 16 bits. */
export const label: Check = (value) =>
	Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535
		? undefined
		: "a number from 1 to 65535";

/** A token as it can be sent in a header. */
export const token: Check = (value) =>
	typeof value === "string" && /^[\x21-\x7e]+$/.test(value)
		? undefined
		: "one line of visible ASCII characters without blanks";

/** When an engine is ready. */
export const readiness: Check = oneOf("health", "database");

function withoutOthers(
	value: Readonly<Record<string, unknown>>,
	known: readonly string[],
	name: string,
): string | undefined {
	const other = Object.keys(value).find((key) => !known.includes(key));
	return other === undefined ? undefined : `one without \`${name}.${other}\`, which is unknown`;
}
