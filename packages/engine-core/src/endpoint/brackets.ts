/** Puts an IPv6 address into brackets, which URLs need. Other hosts stay unchanged. */
export function withBrackets(host: string): string {
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Removes the brackets of an IPv6 address, since sockets and engines do not accept them. Other hosts stay unchanged. */
export function withoutBrackets(host: string): string {
	return host.replace(/^\[|\]$/g, "");
}
