import { withBrackets, withoutBrackets } from "@rivetkit/engine-core";

/** The parts of a PostgreSQL URL. */
export interface ValidPostgresUrl {
	readonly kind: "valid";
	/** The URL itself, with its secrets. */
	readonly url: string;
	/** `host:port/database`. Commas separate several hosts. */
	readonly location: string;
	readonly hosts: readonly PostgresHost[];
}

/** The result of parsing a PostgreSQL URL. */
export type PostgresUrl =
	| ValidPostgresUrl
	/** The reason does not quote the URL. */
	| { readonly kind: "invalid"; readonly reason: string };

/** The address of a PostgreSQL server. */
export interface PostgresHost {
	readonly host: string;
	readonly port: number;
}

/**
 * Parses a PostgreSQL URL: `postgresql://[user[:password]@]host[:port][,...]/database[?parameters]`.
 *
 * @see https://www.postgresql.org/docs/15/libpq-connect.html#id-1.7.3.8.3.6
 */
export function parsePostgresUrl(text: string): PostgresUrl {
	const parts = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/s.exec(
		text,
	);
	if (parts === null) {
		return invalid("it does not begin with `postgresql://` or `postgres://`");
	}
	const [, credentials = "", hostList = "", database = "", query = "", fragment] = parts;
	if (fragment !== undefined) return invalid("a `#` in it must be written as `%23`");
	const hosts = hostList.split(",").map(parseHost);
	if (!hosts.every((host) => host !== undefined))
		return invalid(
			"a host in it is missing or malformed, or a port is not from 1 to 65535; a `/` or `?` in the user or password must be written as `%2F` or `%3F`",
		);
	const [user = "", ...rest] = credentials.split(":");
	const password = rest.length === 0 ? undefined : rest.join(":");
	const decoded = [user, password ?? "", database].map(percentDecode);
	if (decoded.includes(undefined)) return invalid("a `%` in it must be written as `%25`");
	// The engine's PostgreSQL client would also accept the names below as parameters. They would lead to another database
	// than `location` says.
	const parameters = new URLSearchParams(query);
	const forbidden = ["host", "hostaddr", "port", "dbname", "user"].find((name) => parameters.has(name));
	if (forbidden !== undefined)
		return invalid(
			`\`${forbidden}\` must not be a parameter after the \`?\`: user, hosts, ports and database must be named before it`,
		);
	if (!database) return invalid("it names no database");
	return {
		kind: "valid",
		url: text,
		location: `${hosts.map(({ host, port }) => `${withBrackets(host)}:${port}`).join(",")}/${decoded[2]}`,
		hosts,
	};
}

function invalid(reason: string): PostgresUrl {
	return { kind: "invalid", reason };
}

function parseHost(text: string): PostgresHost | undefined {
	const match = /^(\[[0-9a-f:.%]+\]|[^:[\]\s]+)(?::(\d+))?$/i.exec(text);
	const port = Number(match?.[2] ?? 5432);
	if (match === null || port < 1 || port > 65535) return undefined;
	const host = percentDecode(match[1] ?? "");
	return host === undefined ? undefined : { host: withoutBrackets(host), port };
}

function percentDecode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
