/** The variables that decide how a server is asked, and which one is trusted. */
export const NETWORK_VARIABLES: readonly string[] = [
	...["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [name, name.toUpperCase()]),
	"REQUEST_METHOD",
	"NODE_EXTRA_CA_CERTS",
];
