import net from "node:net";
import {
	type EngineEndpoint,
	type EnginePorts,
	engineBindsLoopbackOnly,
	invalidEndpointError,
	PORT_OFFSETS,
	withoutBrackets,
} from "@rivetkit/engine-core";

/** Options that make the engine bind other addresses than those derived from the endpoint. */
export interface BindingOptions {
	readonly bindHost: string | undefined;
	readonly bindPort: number | undefined;
	readonly peerHost: string | undefined;
	readonly metricsHost: string | undefined;
}

/**
 * Derives the addresses that an engine for this endpoint binds. The api-peer and metrics ports have no authentication, so
 * they stay on loopback unless the options set another address.
 *
 * @throws EngineError `invalid_endpoint` if no engine on this machine can answer at the endpoint.
 */
export function enginePorts(endpoint: EngineEndpoint, options: BindingOptions): EnginePorts {
	if (endpoint.protocol === "https" && options.bindHost === undefined) {
		throw invalidEndpointError(endpoint.url, "an engine that is started here speaks http, not https");
	}
	const host = bindableHost(endpoint, options.bindHost ?? endpoint.host);
	const isReachable = endpoint.reach !== "loopback" || isUnspecified(host) || engineBindsLoopbackOnly(host);
	if (!isReachable)
		throw invalidEndpointError(endpoint.url, `an engine that binds ${host} does not answer there`);
	const port = options.bindPort ?? endpoint.port;
	if (port + PORT_OFFSETS.metrics > 65535) {
		throw invalidEndpointError(endpoint.url, "port is too large", {
			hint: `The engine binds ${port}, ${port + PORT_OFFSETS.apiPeer} and ${port + PORT_OFFSETS.metrics}; the highest port is 65535.`,
		});
	}
	const loopback = loopbackBeside(host);
	return {
		guard: { host, port },
		apiPeer: {
			host: bindableHost(endpoint, options.peerHost ?? loopback),
			port: port + PORT_OFFSETS.apiPeer,
		},
		metrics: {
			host: bindableHost(endpoint, options.metricsHost ?? loopback),
			port: port + PORT_OFFSETS.metrics,
		},
	};
}

/**
 * Turns a host into the form that the engine can bind: an IP address without brackets.
 *
 * @throws EngineError `invalid_endpoint`
 */
export function bindableHost(endpoint: EngineEndpoint, host: string): string {
	const bare = withoutBrackets(host);
	if (net.isIP(bare) !== 0) return bare;
	if (bare === "localhost" || bare.endsWith(".localhost")) return "127.0.0.1";
	throw invalidEndpointError(endpoint.url, `the engine cannot bind the name '${host}'`, {
		hint: "Give an IP address of this machine, such as 127.0.0.1 or 0.0.0.0, with `bindHost`.",
	});
}

function isUnspecified(host: string): boolean {
	return host === "0.0.0.0" || host === "::";
}

/** Returns the guard's own address if it is a loopback address, else the loopback address of the same IP version. */
function loopbackBeside(host: string): string {
	if (host.startsWith("127.")) return host;
	return net.isIPv6(host) ? "::1" : "127.0.0.1";
}
