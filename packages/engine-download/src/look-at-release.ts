import { existsSync } from "node:fs";
import { type Environment, isEngineError, redactSecrets, silentLogger } from "@rivetkit/engine-core";
import { connectionFailure } from "./failure/connection-failure.ts";
import { unexpectedStatus } from "./failure/unexpected-status.ts";
import { getFollowing } from "./network/follow-redirects.ts";
import { openHttpClient } from "./network/http-client.ts";
import { NETWORK_VARIABLES } from "./network/network-variables.ts";
import { proxyFor } from "./network/proxy.ts";
import {
	abortSignal,
	environmentWith,
	flag,
	optional,
	releaseServer,
	string,
} from "./options/option-checks.ts";
import { type OptionChecks, requireOptions } from "./options/require-options.ts";
import { releasePlace } from "./places/release-place.ts";
import { shownPlace } from "./transfer/fetch-place.ts";

/** A release, its server, and how to contact the server. */
export interface ReleaseLookRequest {
	readonly version: string;
	readonly releasesEndpoint: string;
	/** The environment variables, some of which name proxies and certificates. */
	readonly environment: Environment;
	/** True to allow plain http beyond this machine. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
	/** True to ask the server for the manifest, which loads undici. @defaultValue false */
	readonly asks?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** The place of a release's manifest, without credentials, and what was found there. */
export type ReleaseLook =
	| { readonly kind: "folder"; readonly path: string; readonly exists: boolean }
	| {
			readonly kind: "server";
			readonly url: string;
			/** The proxy through which the server would be asked; undefined for no proxy. */
			readonly proxy: string | undefined;
			/** Undefined if the server was not asked. */
			readonly answer: ReleaseAnswer | undefined;
	  };

/** The result of a request to a release server for a release's manifest. */
export type ReleaseAnswer =
	| { readonly kind: "has-release" }
	| { readonly kind: "lacks-release" }
	| { readonly kind: "failed"; readonly reason: string; readonly hint: string | undefined };

const CHECKS: OptionChecks<ReleaseLookRequest> = {
	version: string,
	releasesEndpoint: releaseServer,
	environment: environmentWith(NETWORK_VARIABLES),
	unsafelyAllowHttp: optional(flag),
	asks: optional(flag),
	signal: optional(abortSignal),
};

/** Time limits for the manifest, in milliseconds. A download has longer limits. */
const LIMITS = { connectMs: 5000, firstByteMs: 10_000, idleMs: 10_000, lockMs: 0 } as const;

/**
 * Finds out where a release would be downloaded from, without downloading it.
 *
 * @throws EngineError `invalid_option`, also for a proxy variable that cannot be used; `insecure_url`; the signal's reason
 * if aborted.
 */
export async function lookAtRelease(request: ReleaseLookRequest): Promise<ReleaseLook> {
	requireOptions(request, CHECKS);
	const { version, releasesEndpoint, environment, unsafelyAllowHttp, asks = false } = request;
	const file = { version, component: "engine", name: "SHA256SUMS" };
	const place = releasePlace(releasesEndpoint, file, { unsafelyAllowHttp });
	if (place.kind === "folder") return { ...place, exists: existsSync(place.path) };
	const proxy = proxyFor(place.url, environment);
	return {
		kind: "server",
		url: shownPlace(place),
		proxy: proxy === undefined ? undefined : redactSecrets(proxy),
		answer: asks ? await ask(new URL(place.url), request) : undefined,
	};
}

async function ask(
	url: URL,
	{ environment, unsafelyAllowHttp = false, signal }: ReleaseLookRequest,
): Promise<ReleaseAnswer> {
	const ended = signal ?? new AbortController().signal;
	await using client = await openHttpClient({
		environment,
		limits: LIMITS,
		logger: silentLogger,
		signal: ended,
		unsafelyAllowHttp,
	});
	try {
		const { status, body } = await getFollowing(client, url, {}, { unsafelyAllowHttp });
		body.destroy();
		if (status === 404) return { kind: "lacks-release" };
		if (status === 200) return { kind: "has-release" };
		return { kind: "failed", reason: unexpectedStatus(status), hint: undefined };
	} catch (error) {
		ended.throwIfAborted();
		return failedAnswer(error, client.proxyVariable(url));
	}
}

function failedAnswer(error: unknown, proxyVariable: string | undefined): ReleaseAnswer {
	if (isEngineError(error)) return { kind: "failed", reason: error.message, hint: error.metadata.hint };
	const { reason, hint } = connectionFailure(error, proxyVariable);
	return { kind: "failed", reason: redactSecrets(reason), hint };
}
