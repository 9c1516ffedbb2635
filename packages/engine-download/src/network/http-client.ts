import { engineBindsLoopbackOnly } from "@rivetkit/engine-core";
import type { Dispatcher } from "undici";
import type { TransferContext } from "../transfer-context.ts";
import { basicCredentials } from "./basic-credentials.ts";
import { type ConnectOptions, openDispatcher } from "./dispatcher.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { proxyFor, proxyVariable } from "./proxy.ts";
import { receiveAnswer } from "./receive-answer.ts";
import { trustedCertificates } from "./trusted-certificates.ts";
import type { PauseGuard } from "./waiting-body.ts";

/** Sends requests, through the proxy if environment variables name one. Disposing closes the client's connections. */
export interface HttpClient extends AsyncDisposable {
	/** Sends one GET request, and does not follow redirects. Credentials in the URL are sent with this request only. */
	get(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
	/** Returns the name of the environment variable with the proxy for this URL; undefined for no proxy. */
	proxyVariable(url: URL): string | undefined;
}

/** The environment of a client, and its limits. */
export type HttpClientOptions = Pick<TransferContext, "environment" | "limits" | "logger" | "signal"> &
	Partial<Pick<TransferContext, "unsafelyAllowHttp">>;

/** Makes a client for one download. Its first request loads undici, which takes 50 to 200 ms. */
export async function openHttpClient({
	environment,
	limits,
	logger,
	signal,
	unsafelyAllowHttp = false,
}: HttpClientOptions): Promise<HttpClient> {
	const ca = await trustedCertificates(environment, logger);
	const connect: ConnectOptions = {
		...(ca === undefined ? {} : { ca: [...ca] }),
		timeout: limits.connectMs,
		autoSelectFamilyAttemptTimeout: Math.ceil(limits.connectMs / CONNECT_SHARES),
	};
	const open = new Set<Dispatcher>();
	return {
		get: async (url, headers) => {
			const timeouts = { headersTimeout: limits.firstByteMs, bodyTimeout: limits.idleMs };
			const guard: PauseGuard = { stopPausing: () => {} };
			const proxy = mustBypassProxy(url, unsafelyAllowHttp) ? undefined : proxyFor(url.href, environment);
			// Each request has its own dispatcher, so that the end of a connection affects this request only.
			const dispatcher = await openDispatcher(url, {
				proxy,
				connect,
				timeouts,
				stopPausing: () => guard.stopPausing(),
			});
			open.add(dispatcher);
			const close = (): void => {
				open.delete(dispatcher);
				dispatcher.destroy().catch(() => {});
			};
			const request = {
				// The request also gets the timeouts: for plain http through a proxy, undici ignores those of the dispatcher.
				...timeouts,
				origin: url.origin,
				path: url.pathname + url.search,
				method: "GET",
				headers: { "user-agent": "rivet-engine-download", ...authorization(url), ...headers },
			} as const;
			return await receiveAnswer(dispatcher, request, { signal, guard, onEnd: close });
		},
		proxyVariable: (url) =>
			mustBypassProxy(url, unsafelyAllowHttp) ? undefined : proxyVariable(url, environment),
		async [Symbol.asyncDispose]() {
			await Promise.all([...open].map((dispatcher) => dispatcher.destroy()));
		},
	};
}

/**
 * The number of parts into which the time to connect is divided. Each address of a host has one part before the next
 * address is tried. Node's default, 250 ms, is too short for some networks.
 */
const CONNECT_SHARES = 3;

/**
 * Returns whether plain http is allowed for a URL only because the URL is on this machine. A proxy could send such a
 * request to another machine.
 */
function mustBypassProxy({ protocol, hostname }: URL, unsafelyAllowHttp: boolean): boolean {
	return protocol === "http:" && !unsafelyAllowHttp && engineBindsLoopbackOnly(hostname);
}

function authorization(url: URL): Readonly<Record<string, string>> {
	const credentials = basicCredentials(url);
	return credentials === undefined ? {} : { authorization: credentials };
}
