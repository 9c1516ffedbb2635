import { EngineError } from "../errors.ts";
import { redactUnparsed } from "../redact.ts";
import { withoutBrackets } from "./brackets.ts";

/** The parts of an engine's endpoint, from {@link parseEndpoint}. */
export interface EngineEndpoint {
	/** The normalised URL, without credentials or trailing slash, safe to print and easy to compare. */
	readonly url: string;
	readonly protocol: "http" | "https";
	/** Host name or IP address, IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
	/** `loopback`: this machine only; `unspecified`: every address of a machine; `other`: any other host. */
	readonly reach: "loopback" | "unspecified" | "other";
	/** The hosts or addresses to ask, in this order. The next one is asked only if the one before refuses the connection. */
	readonly probeHosts: readonly string[];
	/** Not enumerable, so that a printed or serialised endpoint does not show the token. */
	readonly credentials: EndpointCredentials | undefined;
}

/** The `namespace:token@` that rivetkit allows in an endpoint. */
export interface EndpointCredentials {
	readonly namespace: string;
	readonly token: string | undefined;
}

/** The codes that {@link parseEndpoint} throws. */
export type EndpointErrorCode = "invalid_endpoint";

/**
 * Parses an engine's endpoint: `http[s]://[namespace:token@]host[:port][/path]`.
 *
 * @throws EngineError `invalid_endpoint`, with the reason.
 */
export function parseEndpoint(endpoint: string): EngineEndpoint {
	const url = parseUrl(endpoint);
	const protocol = url.protocol === "https:" ? "https" : "http";
	if (url.hostname === "") throw invalidEndpointError(endpoint, "missing host");
	if (url.search !== "" || url.hash !== "") {
		throw invalidEndpointError(endpoint, "a query or fragment has no meaning here");
	}
	const port = url.port === "" ? { http: 80, https: 443 }[protocol] : Number(url.port);
	if (port === 0) throw invalidEndpointError(endpoint, "port 0 names no port that could be asked");
	const normalised = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
	const host = withoutBrackets(url.hostname);
	const reach = reachOf(host);
	const parsed = {
		url: normalised,
		protocol,
		host,
		port,
		reach,
		probeHosts: probeHosts(host, reach),
	} as const;
	const credentials =
		url.username === "" && url.password === ""
			? undefined
			: { namespace: percentDecode(url.username), token: percentDecode(url.password) || undefined };
	return Object.defineProperty(parsed as EngineEndpoint, "credentials", { value: credentials });
}

/** Makes the error for an endpoint that cannot be used, without the credentials in it. */
export function invalidEndpointError(
	endpoint: string,
	reason: string,
	metadata: { readonly hint?: string; readonly cause?: unknown } = {},
): EngineError<EndpointErrorCode> {
	const { cause, ...rest } = metadata;
	const shown = redactUnparsed(endpoint);
	return new EngineError("invalid_endpoint", `Engine endpoint '${shown}' is invalid: ${reason}`, {
		metadata: { endpoint: shown, reason, ...rest },
		cause,
	});
}

/** True if a host is a loopback address or name, so that only this machine can reach it. */
export function engineBindsLoopbackOnly(host: string): boolean {
	return reachOf(withoutBrackets(host)) === "loopback";
}

function parseUrl(endpoint: string): URL {
	const example = "Write it like http://127.0.0.1:6420.";
	let url: URL;
	try {
		url = new URL(endpoint);
	} catch {
		// The parser's error is not kept as the cause: its `input` is the endpoint, with the token.
		const emptyHost = /^https?:\/\/(?:[^/?#]*@)?(?:[:/?#]|$)/i.test(endpoint);
		throw invalidEndpointError(endpoint, emptyHost ? "missing host" : "it cannot be parsed as a URL", {
			hint: example,
		});
	}
	if (url.protocol !== "http:" && url.protocol !== "https:") {
		throw invalidEndpointError(endpoint, `the scheme '${url.protocol}' is neither http: nor https:`, {
			hint: example,
		});
	}
	return url;
}

function percentDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function reachOf(host: string): EngineEndpoint["reach"] {
	if (host === "0.0.0.0" || host === "::") return "unspecified";
	const loopback =
		host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
	return loopback ? "loopback" : "other";
}

function probeHosts(host: string, reach: EngineEndpoint["reach"]): readonly string[] {
	if (host === "0.0.0.0") return ["127.0.0.1"];
	if (host === "::") return ["::1"];
	const isName = reach === "loopback" && host.endsWith("localhost");
	return isName ? ["127.0.0.1", "::1"] : [host];
}
