import { EngineError, engineBindsLoopbackOnly } from "@rivetkit/engine-core";

/**
 * Refuses a plain http URL, unless the URL is on this machine or plain http was allowed.
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
		throw insecureUrlError(shown, "is not encrypted, but an encrypted connection redirected to it", hint);
	}
	if (unsafelyAllowHttp || engineBindsLoopbackOnly(url.hostname)) return;
	const hint = "Use https. If you trust every machine on the way, allow plain http with `unsafelyAllowHttp`.";
	throw insecureUrlError(shown, "is not encrypted, so the file could come from anybody", hint);
}

function insecureUrlError(url: string, flaw: string, hint: string): EngineError<"insecure_url"> {
	return new EngineError("insecure_url", `'${url}' ${flaw}.`, { metadata: { url, hint } });
}
