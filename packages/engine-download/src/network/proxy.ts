import { EngineError, type Environment } from "@rivetkit/engine-core";
import { isExcluded } from "./no-proxy.ts";

/**
 * Finds the proxy for the requests to a URL. Returns the proxy's URL, which may contain credentials; undefined for no
 * proxy. The rules are curl's rules, except where curl is named:
 * - `https_proxy` is for https, `http_proxy` for http, and `all_proxy` for both if the first is not set. The lower-case
 *   environment variable wins over upper case; an empty variable counts as not set. A proxy without a scheme gets
 *   `http://`. A proxy without a port gets the default port of its scheme (curl: 1080).
 * - `HTTP_PROXY`, which curl never reads, is read unless `REQUEST_METHOD` is set. That variable marks a CGI program, in
 *   which `HTTP_PROXY` is the header `Proxy` of a request from anybody.
 * - `no_proxy` excludes hosts; see {@link isExcluded}. This machine is excluded only if the list names it.
 *
 * @throws EngineError `invalid_option`, with the name of the environment variable, for a proxy that is not an http or
 * https URL, such as a SOCKS proxy.
 * @see https://everything.curl.dev/usingcurl/proxies/env.html
 * @see https://httpoxy.org
 */
export function proxyFor(url: string, environment: Environment): string | undefined {
	const variable = proxyVariable(new URL(url), environment);
	return variable === undefined ? undefined : parseProxy(environment[variable] ?? "", variable);
}

/** Returns the name of the environment variable with the proxy for a URL; undefined for no proxy. */
export function proxyVariable(url: URL, environment: Environment): string | undefined {
	const variable = VARIABLES[url.protocol]?.find((name) => isSet(name, environment));
	const isDirect = isExcluded(url, environment["no_proxy"] || environment["NO_PROXY"] || "");
	return isDirect ? undefined : variable;
}

const VARIABLES: Readonly<Record<string, readonly string[]>> = {
	"http:": ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
	"https:": ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
};

function isSet(name: string, environment: Environment): boolean {
	const isForged = name === "HTTP_PROXY" && Boolean(environment["REQUEST_METHOD"]);
	return Boolean(environment[name]?.trim()) && !isForged;
}

/** Parses a proxy's URL. The error does not show the value, because any part of it may be a password. */
function parseProxy(value: string, variable: string): string {
	const text = value.trim();
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
	if (!URL.canParse(withScheme)) throw invalidProxyError(variable, "is no URL");
	const proxy = new URL(withScheme);
	if (proxy.protocol.startsWith("socks"))
		throw invalidProxyError(variable, "names a SOCKS proxy, which is not supported");
	if (proxy.protocol !== "http:" && proxy.protocol !== "https:") {
		throw invalidProxyError(
			variable,
			`names a proxy of the scheme '${proxy.protocol}', which is not supported`,
		);
	}
	if (proxy.pathname.length > 1 || proxy.search !== "" || proxy.hash !== "") {
		throw invalidProxyError(variable, "has more than a host and a port");
	}
	return proxy.href;
}

function invalidProxyError(variable: string, flaw: string): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", `The environment variable \`${variable}\` ${flaw}.`, {
		metadata: {
			variable,
			hint: "Write it like http://proxy.example.com:8080, with `user:password@` before the host if the proxy needs that, with special characters percent-encoded; or name the release server in `NO_PROXY`.",
		},
	});
}
