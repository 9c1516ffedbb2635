import { EngineError, type Environment } from "@rivetkit/engine-core";
import { isExcluded } from "./no-proxy.ts";

/** The codes that {@link proxyFor} throws. */
export type ProxyErrorCode = "invalid_option";

/**
 * The proxy that a URL is to be asked through, as a URL that may carry credentials; undefined for none. As curl
 * has it:
 * - `https_proxy` for https, `http_proxy` for http, else `all_proxy`; lower case before upper case, and an empty
 *   variable is unset. A proxy without a scheme is `http://`; without a port it has its scheme's, not curl's 1080.
 * - `HTTP_PROXY`, which curl never reads, is read unless `REQUEST_METHOD` is set: to a CGI program it is what the
 *   header `Proxy` of somebody's request said.
 * - `no_proxy` excludes hosts; see {@link isExcluded}. This machine is excluded only if it is listed.
 *
 * @throws EngineError `invalid_option`, naming the variable, for a proxy that is no URL or not of http or https,
 * such as a SOCKS proxy.
 * @see https://everything.curl.dev/usingcurl/proxies/env.html
 * @see https://httpoxy.org
 */
export function proxyFor(url: string, environment: Environment): string | undefined {
	const variable = proxyVariable(new URL(url), environment);
	return variable === undefined ? undefined : parseProxy(environment[variable] ?? "", variable);
}

/** The variable that names the proxy for a URL, as {@link proxyFor} has it. */
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

/** What is wrong is told without the value: it may be a password that is in the wrong place. */
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

function invalidProxyError(variable: string, what: string): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", `The environment variable \`${variable}\` ${what}.`, {
		metadata: {
			variable,
			hint: "Write it like http://proxy.example.com:8080, with `user:password@` before the host where it wants that, special characters percent-encoded; or name the release server in `NO_PROXY`.",
		},
	});
}
