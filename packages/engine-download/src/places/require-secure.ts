import { EngineError, engineBindsLoopbackOnly } from "@rivetkit/engine-core";

/**
 * Refuses to ask a URL over plain http, unless the URL is on this machine or plain http was allowed.
 *
 * @param options - `cameFromHttps`: true if an https URL redirects here. Plain http is refused then, even if it is allowed.
 * @throws EngineError `insecure_url`
 */
export function requireSecure(
	url: URL,
	options: { readonly unsafelyAllowHttp: boolean; readonly cameFromHttps?: boolean | undefined },
): void {
	const { unsafelyAllowHttp, cameFromHttps = false } = options;
	if (url.protocol === "https:") return;
	const shown = `${url.protocol}//${url.host}${url.pathname}`;
	if (url.protocol !== "http:") {
		const hint = "The release server redirects there: name another one.";
		throw insecureUrlError(shown, "is neither https nor http", hint);
	}
	if (cameFromHttps) {
		const hint = "The release server, or a proxy, redirects from https to plain http: name another server.";
		throw insecureUrlError(shown, "is not encrypted, and an encrypted connection has led to it", hint);
	}
	if (unsafelyAllowHttp || engineBindsLoopbackOnly(url.hostname)) return;
	const hint = "Use https. Where every machine in between is trusted, allow it with `unsafelyAllowHttp`.";
	throw insecureUrlError(shown, "is not encrypted, so what comes from there could be anybody's", hint);
}

function insecureUrlError(url: string, flaw: string, hint: string): EngineError<"insecure_url"> {
	return new EngineError("insecure_url", `'${url}' ${flaw}.`, { metadata: { url, hint } });
}
