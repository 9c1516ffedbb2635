import type { KnownText } from "./known-text.ts";
import { shorten } from "./shorten.ts";

/** Matches the last of the numbered causes that follow an error: the innermost. */
const LAST_CAUSE = /(?:\n\s*\d+: ([^\n]+))+/;

/**
 * The texts of an engine that cannot use PostgreSQL or NATS. The explanations contain neither server addresses nor
 * secrets.
 */
export const CLUSTER_TEXTS: readonly KnownText[] = [
	{
		pattern:
			/failed to get connection from postgres pool[\s\S]*?(password authentication failed for user "[^"]*")/,
		code: "storage_unavailable",
		reason: (match) => `PostgreSQL refuses it: ${match[1]}`,
		hint: "Check the user and the password in the URL; what is special in a URL must be percent-encoded in it.",
	},
	{
		pattern: /failed to get connection from postgres pool[\s\S]*?(database "[^"]*" does not exist)/,
		code: "storage_unavailable",
		reason: (match) => `PostgreSQL refuses it: ${match[1]}`,
		hint: "Create the database (`createdb`), or correct its name in the URL.",
	},
	{
		pattern:
			/failed to get connection from postgres pool[\s\S]*?(too many clients already|remaining connection slots are reserved[^\n]*)/,
		code: "storage_unavailable",
		reason: (match) => `PostgreSQL has no connection left for it: ${match[1]}`,
		hint: "Raise `max_connections` of PostgreSQL: an engine may take some 80.",
	},
	{
		pattern: new RegExp(`failed to get connection from postgres pool\\s*Caused by:${LAST_CAUSE.source}`),
		code: "storage_unavailable",
		reason: (match) => `PostgreSQL cannot be had: ${shorten(match[1] ?? "")}`,
		hint: "Check that it runs and can be reached from here, and its `pg_hba.conf` and `sslmode`.",
	},
	{
		pattern:
			/failed to create postgres connection pool[\s\S]*?configuration property "url" is invalid: ([^\n]+)/,
		code: "config_invalid",
		reason: (match) => `it cannot use the URL of PostgreSQL: ${shorten(match[1] ?? "")}`,
		hint: "Check the URL, and its parameters: `sslmode` may be `disable`, `prefer` or `require`.",
	},
	{
		pattern:
			/failed to (?:initialize postgres schema|run lease acquire query)\s*Caused by:([\s\S]*?)(?:\n\n|$)/,
		code: "storage_unavailable",
		reason: (match) => `it cannot work with that PostgreSQL database: ${shorten(lastLine(match[1] ?? ""))}`,
		hint: "Check that the user may create tables in the database.",
	},
	{
		pattern: /message="authorization violation"[\s\S]*?nats: authorization violation/,
		code: "messaging_unavailable",
		reason: () => "NATS refuses it: authorization violation",
		hint: "Check the user name and password for NATS (`messaging.username`, `messaging.password`).",
	},
	{
		pattern:
			/message="nats connecting"(?![\s\S]*message="nats connected")[\s\S]*?\nError: (?:IO error: )?([^\n]+)/,
		code: "messaging_unavailable",
		reason: (match) => `NATS cannot be had: ${shorten(match[1] ?? "")}`,
		hint: "Check that it runs and can be reached from here at the addresses that were given (`messaging`).",
	},
];

function lastLine(text: string): string {
	return (
		text
			.trim()
			.split("\n")
			.at(-1)
			?.replace(/^\s*\d+: /, "") ?? ""
	);
}
