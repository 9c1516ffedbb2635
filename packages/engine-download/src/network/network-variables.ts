/** Environment variables that decide which proxy a request goes through, and which certificates are trusted. */
export const NETWORK_VARIABLES: readonly string[] = [
	...["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [name, name.toUpperCase()]),
	"REQUEST_METHOD",
	"NODE_EXTRA_CA_CERTS",
];
