import { statusVerdict } from "./status-verdict.ts";
import { UNKNOWN_ISSUER } from "./tls-hint.ts";

/**
 * The kind of a failed request. It decides what a download can do next:
 * - `retry`: the network or the server failed, and may work again soon.
 * - `tls`: the server could not prove its identity. A new request would not change that.
 * - `other`: neither the network nor TLS failed, or a new request would not help.
 */
export type ConnectionVerdict = "retry" | "tls" | "other";

/** Classifies the error of a request by its code and the codes of its causes. */
export function connectionVerdict(error: unknown): ConnectionVerdict {
	const status = proxyRefusalStatus(error);
	if (status !== undefined) return statusVerdict(status) === "retry" ? "retry" : "other";
	const code = connectionCode(error);
	return code === undefined ? "other" : judgeCode(code);
}

/**
 * Finds the error code that decides the verdict of {@link connectionVerdict}: a TLS code if there is one, else a
 * connection code; undefined if there is neither.
 */
export function connectionCode(error: unknown): string | undefined {
	const codes = codesOf(error);
	return codes.find((code) => judgeCode(code) === "tls") ?? codes.find((code) => judgeCode(code) === "retry");
}

/**
 * Reads the status with which a proxy has refused to open a tunnel or to forward a request. undici puts the status only
 * into the error's message.
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

function judgeCode(code: string): ConnectionVerdict {
	// These codes mean that bytes were lost or damaged on the way. They say nothing about the server's identity.
	if (/BAD_RECORD_MAC|UNEXPECTED_EOF|TLS_HANDSHAKE_TIMEOUT/.test(code)) return "retry";
	if (UNKNOWN_ISSUER.includes(code) || CERTIFICATE.includes(code) || /^ERR_(TLS|SSL)_|^EPROTO$/.test(code)) {
		return "tls";
	}
	return CONNECTION.includes(code) || code.startsWith("HPE_") ? "retry" : "other";
}

/** The name of undici's error for an answer that is not HTTP. In some versions the error has no code. */
const PARSER_ERROR = "HTTPParserError";

/** The maximum depth of the search through causes. It is limited because an error may be its own cause. */
const MAX_LEVELS = 8;

/** Collects the codes of an error and its causes. Several addresses of a host fail as one `AggregateError`. */
function codesOf(error: unknown, levels = MAX_LEVELS): readonly string[] {
	if (levels === 0 || error === null || typeof error !== "object") return [];
	const { name, code, cause, errors } = error as Partial<
		Record<"name" | "code" | "cause" | "errors", unknown>
	>;
	const below = [cause, ...(Array.isArray(errors) ? errors : [])];
	const own = typeof code === "string" ? code : name === PARSER_ERROR ? PARSER_ERROR : undefined;
	return [...(own === undefined ? [] : [own]), ...below.flatMap((inner) => codesOf(inner, levels - 1))];
}

/** Connection error codes. @see https://nodejs.org/api/errors.html, uv_errno_t, and lib/core/errors.js of undici */
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

/** Certificate error codes. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
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
