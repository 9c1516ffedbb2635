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

/** Which release of which server, and whether to ask it. */
export interface ReleaseLookRequest {
	readonly version: string;
	readonly releasesEndpoint: string;
	/** Where proxies and certificates are named. */
	readonly environment: Environment;
	/** Whether plain http from beyond this machine is accepted. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
	/** Whether a server is asked for the release's manifest; undici is loaded for that. @defaultValue false */
	readonly asks?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** Where a release's manifest is, and by which way. Without credentials. */
export type ReleaseLook =
	| { readonly kind: "folder"; readonly path: string; readonly exists: boolean }
	| {
			readonly kind: "server";
			readonly url: string;
			/** Through which it would be asked; undefined for none. */
			readonly proxy: string | undefined;
			/** Undefined if it was not asked. */
			readonly answer: ReleaseAnswer | undefined;
	  };

/** What a release server said. */
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

/** For one small file, in milliseconds; a download waits longer. */
const LIMITS = { connectMs: 5000, firstByteMs: 10_000, idleMs: 10_000, lockMs: 0 } as const;

/**
 * Says where a download of a release would come from, without downloading it.
 *
 * @throws EngineError `invalid_option` for what is no release server, and for a variable that names no proxy;
 * `insecure_url`; the signal's reason if aborted.
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
		return failure(error, client.proxyVariable(url));
	}
}

function failure(error: unknown, proxyVariable: string | undefined): ReleaseAnswer {
	if (isEngineError(error)) return { kind: "failed", reason: error.message, hint: error.metadata.hint };
	const { reason, hint } = connectionFailure(error, proxyVariable);
	return { kind: "failed", reason: redactSecrets(reason), hint };
}
