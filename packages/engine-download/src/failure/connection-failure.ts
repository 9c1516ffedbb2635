import { connectionCode, connectionVerdict, proxyRefusalStatus, tlsHint } from "./connection-verdict.ts";
import type { FailedAttempt } from "./failed-attempt.ts";

/**
 * What a request that got no answer, or not all of it, comes to. What is not known to be passing is final.
 *
 * @param proxyVariable - The variable that names the proxy through which it was sent, if any.
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
		hint: refusal === undefined ? (tlsHint(code ?? "") ?? throughProxy(proxyVariable)) : PROXY_HINT,
		cause: error,
	};
}

const PROXY_HINT =
	"The proxy has refused: check `HTTPS_PROXY` and its credentials, or except the release server with `NO_PROXY`.";

function throughProxy(variable: string | undefined): string | undefined {
	if (variable === undefined) return undefined;
	return `It was asked through the proxy that \`${variable}\` names: check that it runs there, or except the release server with \`NO_PROXY\`.`;
}

/** One for several addresses of a host has no message of its own. */
function messageOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
	return [...new Set(error.errors.map(messageOf))].join("; ");
}
