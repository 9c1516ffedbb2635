import { bindableHost, type EngineConfiguration } from "@rivetkit/engine-config";
import type { EngineHealth } from "@rivetkit/engine-core";
import { resolverConfiguration } from "../binary/resolver-request.ts";
import type { Mismatch } from "../engine.ts";
import type { ExpectedEngine } from "./find-mismatches.ts";

/** How long a comparison may take to find the expected version, in milliseconds. */
const COMPARISON_LIMIT_MS = 2000;

/** Returns the engine that was asked for, without its version: a field is undefined if nothing was asked for there. */
export function expectedExceptVersion(configuration: EngineConfiguration): Omit<ExpectedEngine, "version"> {
	const { bindHost, endpoint, publicUrl } = configuration;
	const host = bindHost.value ?? (endpoint.value.reach === "unspecified" ? endpoint.value.host : undefined);
	return {
		bindHost: host === undefined ? undefined : bindableHost(endpoint.value, host),
		publicUrl: publicUrl.value,
		storage: configuration.database.name,
		messaging: configuration.messaging.value.kind === "nats" ? "nats" : undefined,
		adminToken: configuration.adminToken.value ? "set" : undefined,
	};
}

/**
 * Fields in which an unknown value counts as a mismatch: the engine could store its data anywhere, or accept requests
 * without a token.
 */
export function strictFields({ database, adminToken }: EngineConfiguration): readonly Mismatch["field"][] {
	return [
		...(database.kind === "postgres" ? (["storage"] as const) : []),
		...(adminToken.value ? (["adminToken"] as const) : []),
	];
}

/**
 * Finds the version that a start would bring; undefined if that does not matter or is not known. The version that the
 * options name is enough if it is the running one. If not, the binary is asked, because a package's version is not always
 * that of the engine in it.
 */
export async function expectedVersion(
	configuration: EngineConfiguration,
	running: EngineHealth,
	signal: AbortSignal | undefined,
): Promise<string | undefined> {
	if (configuration.onVersionMismatch.value === "reuse") return undefined;
	const { version, isNamed, isVersionNamed } = configuration.binary;
	if (version === running.version && !isNamed) return version;
	const { resolveEnginePath } = await import("@rivetkit/engine-resolver");
	// A binary that another program is still writing is waited for by a start, but not for a comparison.
	const limit = AbortSignal.timeout(COMPARISON_LIMIT_MS);
	const resolving = resolveEnginePath(
		{ ...resolverConfiguration(configuration), autoDownload: false },
		{ signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) },
	);
	// Without a binary to start there is no version that the running engine could differ from.
	const binary = await resolving.catch(() => undefined);
	signal?.throwIfAborted();
	return binary === undefined && isVersionNamed ? version : binary?.version;
}
