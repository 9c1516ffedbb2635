import { redactSecrets } from "@rivetkit/engine-core";

/** `text` without what URLs in it may hold in secret: credentials, and what a query says. */
export function withoutSecrets(text: string): string {
	return redactSecrets(text).replace(QUERY, "$1?***");
}

/** The same of a text that shall be one URL, and may be none. */
export function urlWithoutSecrets(text: string): string {
	if (!text.includes("://")) return text;
	// In what cannot be parsed, credentials end nowhere else for certain.
	const shown = URL.canParse(text) ? redactSecrets(text) : text.replace(/^([^:]*:\/\/).*@/s, "$1***@");
	return shown.replace(/[?#].*$/s, "?***");
}

const QUERY = /([a-z][a-z0-9+.-]*:\/\/[^\s?#'"`]*)\?[^\s'"`]*/gi;
