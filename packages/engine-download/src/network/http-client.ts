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

/** Sends requests, through proxies where the environment names them. Disposing ends its connections. */
export interface HttpClient extends AsyncDisposable {
	/** Sends one GET. A redirect is an answer. Credentials in the URL are sent with this request alone. */
	get(url: URL, headers: Readonly<Record<string, string>>): Promise<HttpAnswer>;
	/** Names the variable whose proxy a request to this URL goes through; undefined for no proxy. */
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
			// A dispatcher of its own, so that the end of a connection concerns this request alone.
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
				// The request has them too: the client that undici makes for plain http through a proxy ignores those above.
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
 * The number of parts into which the time to connect is divided. Each address of a host gets one part before the next
 * address is tried: the 250 ms that Node allows by default are too short for some networks.
 */
const CONNECT_SHARES = 3;

/**
 * Tells whether plain http is allowed for a URL only because it stays on this machine. A proxy would send such a request
 * elsewhere.
 */
function mustBypassProxy({ protocol, hostname }: URL, unsafelyAllowHttp: boolean): boolean {
	return protocol === "http:" && !unsafelyAllowHttp && engineBindsLoopbackOnly(hostname);
}

function authorization(url: URL): Readonly<Record<string, string>> {
	const credentials = basicCredentials(url);
	return credentials === undefined ? {} : { authorization: credentials };
}
