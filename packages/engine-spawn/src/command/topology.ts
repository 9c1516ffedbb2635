import { EngineError, withBrackets } from "@rivetkit/engine-core";
import type { EngineLaunch } from "./engine-launch.ts";

/** The public URL in the engine's built-in topology, which is also right for a guard on 0.0.0.0. */
const DEFAULT_GUARD_URL = "http://127.0.0.1:6420";

/**
 * Makes the environment variables for a topology with one datacenter. Without a topology the engine makes its clients
 * connect to port 6420, wherever it listens.
 *
 * @throws EngineError `invalid_option` for a URL that is not an HTTP URL.
 */
export function topologyVariables(
	launch: Pick<EngineLaunch, "guard" | "publicUrl" | "peerUrl" | "datacenterLabel">,
): Readonly<Record<string, string>> {
	const { guard, publicUrl, peerUrl, datacenterLabel } = launch;
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

/** Writes a host for a URL. For an engine that binds every address, that is the loopback address. */
function urlHost(host: string): string {
	if (host === "0.0.0.0") return "127.0.0.1";
	if (host === "::") return "[::1]";
	return withBrackets(host);
}
