import { type BindAddress, EngineError, withBrackets } from "@rivetkit/engine-core";

/** Where an engine tells others that it is. */
export interface TopologyRequest {
	readonly guard: BindAddress;
	/** The URL under which clients reach the guard, where it is not the one it binds. */
	readonly publicUrl?: string | undefined;
	/** The URL under which engines of other datacenters reach the api-peer port. @defaultValue the public one's, a port higher */
	readonly peerUrl?: string | undefined;
	/** The number of its datacenter, from 1 to 65535. @defaultValue 1 */
	readonly datacenterLabel?: number | undefined;
}

/** Where the engine's built-in topology says that it is; 0.0.0.0 is told of as this address. */
const DEFAULT_GUARD_URL = "http://127.0.0.1:6420";

/**
 * The variables of a topology of one datacenter. Without one the engine tells its clients to connect to port 6420,
 * wherever it listens.
 *
 * @throws EngineError `invalid_option` for a URL that is none.
 */
export function topologyVariables(request: TopologyRequest): Readonly<Record<string, string>> {
	const { guard, publicUrl, peerUrl, datacenterLabel } = request;
	const guardUrl = `http://${urlHost(guard.host)}:${guard.port}`;
	const isBuiltIn = publicUrl === undefined && peerUrl === undefined && (datacenterLabel ?? 1) === 1;
	if (isBuiltIn && guardUrl === DEFAULT_GUARD_URL) return {};
	const url = parseUrl("publicUrl", publicUrl ?? guardUrl);
	const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
	const label = String(datacenterLabel ?? 1);
	const datacenter = "RIVET__TOPOLOGY__DATACENTERS__DEFAULT__";
	return {
		RIVET__TOPOLOGY__DATACENTER_LABEL: label,
		[`${datacenter}DATACENTER_LABEL`]: label,
		[`${datacenter}IS_LEADER`]: "true",
		[`${datacenter}PUBLIC_URL`]: withoutSlashes(url),
		[`${datacenter}PEER_URL`]:
			peerUrl === undefined
				? `${url.protocol}//${url.hostname}:${port + 1}`
				: withoutSlashes(parseUrl("peerUrl", peerUrl)),
	};
}

function parseUrl(option: string, text: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol === "http:" || url?.protocol === "https:") return url;
	throw new EngineError("invalid_option", `Option '${option}' is '${text}', which is not an HTTP URL.`, {
		metadata: { option, hint: "Give it with its scheme, such as 'https://engine.example.com'." },
	});
}

function withoutSlashes(url: URL): string {
	return url.href.replace(/\/+$/, "");
}

/** A host as it stands in a URL; an engine that binds every address is told of as loopback. */
function urlHost(host: string): string {
	if (host === "0.0.0.0") return "127.0.0.1";
	if (host === "::") return "[::1]";
	return withBrackets(host);
}
