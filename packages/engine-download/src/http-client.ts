import { readFile } from "node:fs/promises";
import type { Environment, Logger } from "@rivetkit/engine-core";
import type { buildConnector, Dispatcher, Pool } from "undici";
import { guardedConnector } from "./guarded-connector.ts";
import { proxyFor } from "./proxy.ts";
import { type PausedBodies, receiveAnswer } from "./receive-answer.ts";
import type { TransferContext } from "./transfer-context.ts";

/** An answer whose body has yet to be read, or thrown away by `destroy`. */
export interface HttpAnswer {
	readonly status: number;
	/** By lower-case name. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}

/** Sends requests, by way of proxies where the environment names one. Disposing ends its connections. */
export interface HttpClient extends AsyncDisposable {
	/** One GET; redirects are answers. Credentials in the URL are sent to it alone. */
	get(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
}

/** A client for one download. undici is loaded here, which takes about 200 ms. */
export async function openHttpClient({
	environment,
	limits,
	logger,
	signal,
}: Pick<TransferContext, "environment" | "limits" | "logger" | "signal">): Promise<HttpClient> {
	const { Agent, buildConnector, Pool, ProxyAgent } = await import("undici");
	const ca = await certificates(environment, logger);
	const tls = ca === undefined ? {} : { ca: [...ca] };
	const timeouts = { headersTimeout: limits.firstByteMs, bodyTimeout: limits.idleMs };
	const paused: PausedBodies = new Set();
	const guarded = (connector: buildConnector.connector): buildConnector.connector =>
		guardedConnector(connector, () => {
			for (const body of [...paused]) body.readOn();
		});
	const dispatchers = new Map<string, Dispatcher>();
	const dispatcherFor = (url: URL): Dispatcher => {
		const proxy = proxyFor(url.href, environment);
		// Many proxies open tunnels to port 443 only.
		const proxyTunnel = url.protocol === "https:";
		const key = `${proxy} ${proxyTunnel}`;
		const known = dispatchers.get(key);
		if (known !== undefined) return known;
		const connect = { ...tls, timeout: limits.connectMs };
		const made =
			proxy === undefined
				? new Agent({ ...timeouts, connect: guarded(buildConnector(connect)) })
				: new ProxyAgent({
						...timeouts,
						...splitCredentials(proxy),
						connect,
						requestTls: connect,
						proxyTls: connect,
						proxyTunnel,
						factory: (origin, pool) => new Pool(origin, guardPool(pool, guarded)),
						// Without this a proxy has 300 s to open a tunnel.
						clientFactory: (origin, pool) =>
							new Pool(origin, { ...pool, headersTimeout: limits.firstByteMs }),
					});
		dispatchers.set(key, made);
		return made;
	};
	return {
		get: async (url, headers) => {
			const request = {
				// Here as well: what undici makes for plain http through a proxy does not have them.
				...timeouts,
				origin: url.origin,
				path: url.pathname + url.search,
				method: "GET",
				headers: { "user-agent": "rivet-engine-download", ...authorization(url), ...headers },
			} as const;
			return await receiveAnswer(dispatcherFor(url), request, { signal, paused });
		},
		async [Symbol.asyncDispose]() {
			await Promise.all([...dispatchers.values()].map((one) => one.destroy()));
		},
	};
}

function authorization(url: URL): Readonly<Record<string, string>> {
	const credentials = basic(url);
	return credentials === undefined ? {} : { authorization: credentials };
}

/** undici would leave out a user without a password, and fail at a `%` that encodes nothing. */
function splitCredentials(proxy: string): { readonly uri: string; readonly token?: string } {
	const url = new URL(proxy);
	const token = basic(url);
	url.username = "";
	url.password = "";
	return { uri: url.href, ...(token === undefined ? {} : { token }) };
}

function basic({ username, password }: URL): string | undefined {
	if (username === "" && password === "") return undefined;
	const credentials = `${decoded(username)}:${decoded(password)}`;
	return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** A `%` that encodes nothing is one. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** Node reads the file for the process's own variable only, and at its start. */
async function certificates(
	environment: Environment,
	logger: Logger,
): Promise<readonly string[] | undefined> {
	const file = environment["NODE_EXTRA_CA_CERTS"];
	if (!file) return undefined;
	try {
		const extra = await readFile(file, "utf8");
		const { rootCertificates } = await import("node:tls");
		return [...rootCertificates, extra];
	} catch (error) {
		logger.warn({ path: file, error }, "the certificates that NODE_EXTRA_CA_CERTS names cannot be read");
		return undefined;
	}
}

/** What undici gives its pools behind a proxy has a connector of its own, which opens the tunnel. */
function guardPool(
	options: Pool.Options,
	guard: (connector: buildConnector.connector) => buildConnector.connector,
): Pool.Options {
	return typeof options.connect === "function" ? { ...options, connect: guard(options.connect) } : options;
}
