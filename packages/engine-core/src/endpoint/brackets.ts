/** A host as a URL has it: an IPv6 address in brackets. */
export function withBrackets(host: string): string {
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** A host as sockets and engines take it: an IPv6 address without brackets. */
export function withoutBrackets(host: string): string {
	return host.replace(/^\[|\]$/g, "");
}
