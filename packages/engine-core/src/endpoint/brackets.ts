/** Puts an IPv6 address into brackets, as a URL needs it. Other hosts stay as they are. */
export function withBrackets(host: string): string {
	return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Takes the brackets from an IPv6 address, as sockets and engines need it. Other hosts stay as they are. */
export function withoutBrackets(host: string): string {
	return host.replace(/^\[|\]$/g, "");
}
