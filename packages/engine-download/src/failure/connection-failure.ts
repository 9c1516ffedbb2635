import { connectionCode, connectionVerdict, proxyRefusalStatus } from "./connection-verdict.ts";
import type { FailedAttempt } from "./failed-attempt.ts";
import { tlsHint } from "./tls-hint.ts";

/**
 * Describes a request that got no answer or only a part of an answer. The failure is final unless it is known to be
 * temporary.
 *
 * @param proxyVariable - The environment variable that names the proxy of this request; undefined without a proxy.
 */
export function connectionFailure(error: unknown, proxyVariable: string | undefined): FailedAttempt {
	const refusal = proxyRefusalStatus(error);
	const verdict = connectionVerdict(error);
	const code = connectionCode(error);
	const message = messageOf(error);
	return {
		kind: "failed",
		isFinal: verdict !== "retry",
		reason: code === undefined || message.includes(code) ? message : `${message} (${code})`.trimStart(),
		wasSilent: code === "UND_ERR_HEADERS_TIMEOUT",
		hint: refusal === undefined ? (tlsHint(code ?? "") ?? proxyHint(proxyVariable)) : PROXY_REFUSAL_HINT,
		cause: error,
	};
}

const PROXY_REFUSAL_HINT =
	"The proxy has refused: check `HTTPS_PROXY` and its credentials, or exclude the release server with `NO_PROXY`.";

function proxyHint(variable: string | undefined): string | undefined {
	if (variable === undefined) return undefined;
	return `The request went through the proxy that \`${variable}\` names: check that the proxy runs there, or exclude the release server with \`NO_PROXY\`.`;
}

/** Returns an error's message. If several addresses of a host fail, Node's error has an empty message: its parts are joined. */
function messageOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
	return [...new Set(error.errors.map(messageOf))].join("; ");
}
