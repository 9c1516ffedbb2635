import { statusVerdict } from "./status-verdict.ts";

/**
 * What a failed connection means for a download: `retry`, as the network may be better soon; `tls`, as whom we
 * talk to is not whom we should, which asking again does not change; `other`, which is no failure of the network.
 */
export type ConnectionVerdict = "retry" | "tls" | "other";

/** What to do about an error of a request, by the codes of it and its causes. */
export function connectionVerdict(error: unknown): ConnectionVerdict {
	const status = proxyRefusalStatus(error);
	if (status !== undefined) return statusVerdict(status) === "retry" ? "retry" : "other";
	const code = connectionCode(error);
	return code === undefined ? "other" : judgeCode(code);
}

/** The code that {@link connectionVerdict} goes by: that of a certificate, else that of a connection, if any. */
export function connectionCode(error: unknown): string | undefined {
	const codes = codesOf(error);
	return codes.find((code) => judgeCode(code) === "tls") ?? codes.find((code) => judgeCode(code) === "retry");
}

/**
 * The status with which a proxy has refused to open a tunnel or to pass a request on. undici tells it in the message
 * alone.
 *
 * @see https://github.com/nodejs/undici/blob/v7.30.2/lib/dispatcher/proxy-agent.js
 */
export function proxyRefusalStatus(error: unknown): number | undefined {
	const message = error instanceof Error ? error.message : "";
	const [, status] =
		/^Proxy response \((\d{3})\) !== 200/.exec(message) ??
		/^Proxy Authentication Required \((407)\)$/.exec(message) ??
		[];
	return status === undefined ? undefined : Number(status);
}

/** What helps against an error of a certificate or of TLS, where that is known. */
export function tlsHint(code: string): string | undefined {
	if (UNKNOWN_ISSUER.includes(code)) {
		return "The certificate is signed by an authority that Node.js does not know, often that of a company's proxy: set `NODE_EXTRA_CA_CERTS` to a PEM file with that authority's certificate.";
	}
	return HINTS.get(code);
}

function judgeCode(code: string): ConnectionVerdict {
	// These say that bytes were lost or damaged on their way, not whom they came from.
	if (/BAD_RECORD_MAC|UNEXPECTED_EOF|TLS_HANDSHAKE_TIMEOUT/.test(code)) return "retry";
	if (UNKNOWN_ISSUER.includes(code) || CERTIFICATE.includes(code) || /^ERR_(TLS|SSL)_|^EPROTO$/.test(code)) {
		return "tls";
	}
	return CONNECTION.includes(code) || code.startsWith("HPE_") ? "retry" : "other";
}

/** What undici calls an answer that is not HTTP. It comes with a code only in some versions. */
const PARSER_ERROR = "HTTPParserError";

/** How deep errors are looked into, as one may be its own cause. */
const MOST_LEVELS = 8;

/** Several addresses of one host fail with an `AggregateError`. */
function codesOf(error: unknown, levels = MOST_LEVELS): readonly string[] {
	if (levels === 0 || error === null || typeof error !== "object") return [];
	const { name, code, cause, errors } = error as Partial<
		Record<"name" | "code" | "cause" | "errors", unknown>
	>;
	const below = [cause, ...(Array.isArray(errors) ? errors : [])];
	const own = typeof code === "string" ? code : name === PARSER_ERROR ? PARSER_ERROR : undefined;
	return [...(own === undefined ? [] : [own]), ...below.flatMap((one) => codesOf(one, levels - 1))];
}

/** @see https://nodejs.org/api/errors.html and uv_errno_t; those of undici in its lib/core/errors.js */
const CONNECTION: readonly string[] = [
	"EADDRNOTAVAIL",
	"EAI_AGAIN",
	"ECONNABORTED",
	"ECONNREFUSED",
	"ECONNRESET",
	"EHOSTDOWN",
	"EHOSTUNREACH",
	"ENETDOWN",
	"ENETRESET",
	"ENETUNREACH",
	"ENOTFOUND",
	"EPIPE",
	"ERR_STREAM_PREMATURE_CLOSE",
	"ETIMEDOUT",
	PARSER_ERROR,
	"UND_ERR_ABORTED",
	"UND_ERR_BODY_TIMEOUT",
	"UND_ERR_CONNECT_TIMEOUT",
	"UND_ERR_HEADERS_TIMEOUT",
	"UND_ERR_INFO",
	"UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
	"UND_ERR_SOCKET",
];

const UNKNOWN_ISSUER: readonly string[] = [
	"CERT_UNTRUSTED",
	"DEPTH_ZERO_SELF_SIGNED_CERT",
	"SELF_SIGNED_CERT_IN_CHAIN",
	"UNABLE_TO_GET_ISSUER_CERT",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE: readonly string[] = [
	"CERT_CHAIN_TOO_LONG",
	"CERT_HAS_EXPIRED",
	"CERT_NOT_YET_VALID",
	"CERT_REJECTED",
	"CERT_REVOKED",
	"CERT_SIGNATURE_FAILURE",
	"CRL_HAS_EXPIRED",
	"CRL_NOT_YET_VALID",
	"CRL_SIGNATURE_FAILURE",
	"ERROR_IN_CERT_NOT_AFTER_FIELD",
	"ERROR_IN_CERT_NOT_BEFORE_FIELD",
	"ERROR_IN_CRL_LAST_UPDATE_FIELD",
	"ERROR_IN_CRL_NEXT_UPDATE_FIELD",
	"HOSTNAME_MISMATCH",
	"INVALID_CA",
	"INVALID_PURPOSE",
	"PATH_LENGTH_EXCEEDED",
	"UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
	"UNABLE_TO_DECRYPT_CERT_SIGNATURE",
	"UNABLE_TO_DECRYPT_CRL_SIGNATURE",
	"UNABLE_TO_GET_CRL",
	"UND_ERR_PRX_TLS",
];

const CLOCK =
	"Check the clock of this machine; if it is right, the server's certificate is out of date, and only its owner can renew it.";
const NAME =
	"The certificate is another host's: check the name in the URL. A captive portal or a proxy may be answering instead.";
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
