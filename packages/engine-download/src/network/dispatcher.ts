import type { buildConnector, Dispatcher, Pool } from "undici";
import { basicCredentials } from "./basic-credentials.ts";
import { guardedConnector } from "./guarded-connector.ts";

/** Options for new connections, as undici names them. */
export type ConnectOptions = buildConnector.BuildOptions;

/** How a dispatcher connects, and how long it waits, in milliseconds. */
export interface DispatcherOptions {
	/** The proxy's URL, which may contain credentials; undefined to connect directly. */
	readonly proxy: string | undefined;
	readonly connect: ConnectOptions;
	readonly timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
	/** Called when a connection ends, and before a connection is destroyed: its parser must not be paused then. */
	readonly stopPausing: () => void;
}

/** Makes an undici dispatcher for the requests to one URL. The caller destroys it. */
export async function openDispatcher(
	{ protocol }: URL,
	{ proxy, connect, timeouts, stopPausing }: DispatcherOptions,
): Promise<Dispatcher> {
	const { Agent, buildConnector, Pool, ProxyAgent } = await import("undici");
	const guard: Guard = (connector) => guardedConnector(connector, stopPausing);
	if (proxy === undefined) return new Agent({ ...timeouts, connect: guard(buildConnector(connect)) });
	return new ProxyAgent({
		...timeouts,
		...splitCredentials(proxy),
		connect,
		requestTls: connect,
		proxyTls: connect,
		// A tunnel is only used for https: many proxies open tunnels to port 443 only.
		proxyTunnel: protocol === "https:",
		factory: (origin, pool) => new Pool(origin, guardPool(pool, guard)),
		// Without this timeout a proxy has 300 s to open a tunnel.
		clientFactory: (origin, pool) => new Pool(origin, { ...pool, headersTimeout: timeouts.headersTimeout }),
	});
}

type Guard = (connector: buildConnector.connector) => buildConnector.connector;

/**
 * Separates the credentials from a proxy's URL. undici itself would ignore a user without a password, and fail for a
 * `%` that encodes nothing.
 */
function splitCredentials(proxy: string): { readonly uri: string; readonly token?: string } {
	const url = new URL(proxy);
	const token = basicCredentials(url);
	url.username = "";
	url.password = "";
	return { uri: url.href, ...(token === undefined ? {} : { token }) };
}

/** Guards the connector of a pool that undici opens to a proxy: this connector opens the tunnel. */
function guardPool(options: Pool.Options, guard: Guard): Pool.Options {
	return typeof options.connect === "function" ? { ...options, connect: guard(options.connect) } : options;
}
