/** Error codes for certificates whose issuer Node.js does not know. */
export const UNKNOWN_ISSUER: readonly string[] = [
	"CERT_UNTRUSTED",
	"DEPTH_ZERO_SELF_SIGNED_CERT",
	"SELF_SIGNED_CERT_IN_CHAIN",
	"UNABLE_TO_GET_ISSUER_CERT",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** Returns advice for a certificate or TLS error; undefined for a code without advice. */
export function tlsHint(code: string): string | undefined {
	if (UNKNOWN_ISSUER.includes(code)) {
		return "The certificate is signed by an authority that Node.js does not know, often that of a company's proxy: set `NODE_EXTRA_CA_CERTS` to a PEM file with that authority's certificate.";
	}
	return HINTS.get(code);
}

const CLOCK =
	"Check the clock of this machine; if it is right, the server's certificate is out of date, and only its owner can renew it.";
const NAME =
	"The certificate belongs to another host: check the name in the URL. A captive portal or a proxy may be answering instead.";
const PLAIN =
	"What answers there does not speak TLS: check the scheme and port of the URL, and of the proxy in `HTTPS_PROXY`.";

const HINTS: ReadonlyMap<string, string> = new Map([
	["CERT_HAS_EXPIRED", CLOCK],
	["CERT_NOT_YET_VALID", CLOCK],
	["ERR_TLS_CERT_ALTNAME_INVALID", NAME],
	["HOSTNAME_MISMATCH", NAME],
	["ERR_SSL_PACKET_LENGTH_TOO_LONG", PLAIN],
	["ERR_SSL_WRONG_VERSION_NUMBER", PLAIN],
]);
