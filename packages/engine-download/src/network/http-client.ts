import { readFile } from "node:fs/promises";
import { type Environment, engineBindsLoopbackOnly, type Logger } from "@rivetkit/engine-core";
import type { buildConnector, Dispatcher, Pool } from "undici";
import type { TransferContext } from "../transfer-context.ts";
import { guardedConnector } from "./guarded-connector.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { proxyFor, proxyVariable } from "./proxy.ts";
import { type BodyPause, receiveAnswer } from "./receive-answer.ts";

/** Sends requests, by way of proxies where the environment names one. Disposing ends its connections. */
export interface HttpClient extends AsyncDisposable {
	/** One GET; redirects are answers. Credentials in the URL are sent to it alone. */
	get(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
	/** The variable that names the proxy through which a URL is asked; undefined for none. */
	proxyVariable(url: URL): string | undefined;
}

/** What a client needs to know. */
export type HttpClientOptions = Pick<TransferContext, "environment" | "limits" | "logger" | "signal"> &
	Partial<Pick<TransferContext, "unsafelyAllowHttp">>;

type ConnectOptions = buildConnector.BuildOptions;

/** A client for one download. undici is loaded at its first request, which takes about 200 ms. */
export async function openHttpClient({
	environment,
	limits,
	logger,
	signal,
	unsafelyAllowHttp = false,
}: HttpClientOptions): Promise<HttpClient> {
	const ca = await certificates(environment, logger);
	const connect: ConnectOptions = {
		...(ca === undefined ? {} : { ca: [...ca] }),
		timeout: limits.connectMs,
		autoSelectFamilyAttemptTimeout: Math.ceil(limits.connectMs / MOST_FAMILIES),
	};
	const open = new Set<Dispatcher>();
	return {
		get: async (url, headers) => {
			const timeouts = { headersTimeout: limits.firstByteMs, bodyTimeout: limits.idleMs };
			const pause: BodyPause = { readOn: () => {} };
			const proxy = staysHere(url, unsafelyAllowHttp) ? undefined : proxyFor(url.href, environment);
			// One for each request: what becomes of a connection is that request's alone.
			const dispatcher = await openDispatcher(url, {
				proxy,
				connect,
				timeouts,
				readOn: () => pause.readOn(),
			});
			open.add(dispatcher);
			const close = (): void => {
				open.delete(dispatcher);
				dispatcher.destroy().catch(() => {});
			};
			const request = {
				// Here as well: what undici makes for plain http through a proxy does not have them.
				...timeouts,
				origin: url.origin,
				path: url.pathname + url.search,
				method: "GET",
				headers: { "user-agent": "rivet-engine-download", ...authorization(url), ...headers },
			} as const;
			return await receiveAnswer(dispatcher, request, { signal, pause, onEnd: close });
		},
		proxyVariable: (url) => (staysHere(url, unsafelyAllowHttp) ? undefined : proxyVariable(url, environment)),
		async [Symbol.asyncDispose]() {
			await Promise.all([...open].map((one) => one.destroy()));
		},
	};
}

/** Of IPv4 and IPv6, each gets its share of the time to connect: Node's own 250 ms are less than some ways take. */
const MOST_FAMILIES = 3;

/** What was let through without encryption because it stays on this machine does not go to a proxy. */
function staysHere({ protocol, hostname }: URL, unsafelyAllowHttp: boolean): boolean {
	return protocol === "http:" && !unsafelyAllowHttp && engineBindsLoopbackOnly(hostname);
}

interface DispatcherOptions {
	readonly proxy: string | undefined;
	readonly connect: ConnectOptions;
	readonly timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
	readonly readOn: () => void;
}

async function openDispatcher(
	{ protocol }: URL,
	{ proxy, connect, timeouts, readOn }: DispatcherOptions,
): Promise<Dispatcher> {
	const { Agent, buildConnector, Pool, ProxyAgent } = await import("undici");
	const guarded = (connector: buildConnector.connector): buildConnector.connector =>
		guardedConnector(connector, readOn);
	if (proxy === undefined) return new Agent({ ...timeouts, connect: guarded(buildConnector(connect)) });
	return new ProxyAgent({
		...timeouts,
		...splitCredentials(proxy),
		connect,
		requestTls: connect,
		proxyTls: connect,
		// Many proxies open tunnels to port 443 only.
		proxyTunnel: protocol === "https:",
		factory: (origin, pool) => new Pool(origin, guardPool(pool, guarded)),
		// Without this a proxy has 300 s to open a tunnel.
		clientFactory: (origin, pool) => new Pool(origin, { ...pool, headersTimeout: timeouts.headersTimeout }),
	});
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
		if (!extra.includes("-----BEGIN ")) {
			logger.warn({ path: file }, "the file that NODE_EXTRA_CA_CERTS names has no certificate in PEM format");
			return undefined;
		}
		const tls: typeof import("node:tls") & { readonly getCACertificates?: () => readonly string[] } =
			await import("node:tls");
		// From Node 22.15 on it has those of the system as well, where they were asked for.
		return [...(tls.getCACertificates?.() ?? tls.rootCertificates), extra];
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
