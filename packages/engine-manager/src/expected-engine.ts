import type { EngineHealth } from "@rivetkit/engine-core";
import type { Expected } from "./compare-running.ts";
import type { EngineConfiguration } from "./configuration.ts";
import { bindableHost } from "./guard-binding.ts";
import { loadResolver } from "./lazy-packages.ts";
import { namesBinary, resolverConfiguration } from "./resolver-configuration.ts";

/** What a start would have brought, as far as somebody asked for it. */
export async function expectedEngine(
	configuration: EngineConfiguration,
	running: EngineHealth,
	signal: AbortSignal | undefined,
): Promise<Expected> {
	const { bindHost, endpoint, publicUrl, layout, onVersionMismatch } = configuration;
	const host = bindHost.value ?? (endpoint.value.reach === "unspecified" ? endpoint.value.host : undefined);
	return {
		version:
			onVersionMismatch.value === "reuse" ? undefined : await expectedVersion(configuration, running, signal),
		bindHost: host === undefined ? undefined : bindableHost(endpoint.value, host),
		publicUrl: publicUrl.value,
		storage: layout.databasePath,
	};
}

/**
 * The version that a start would bring. If the cheap answer is the running one, that is it; if not, the
 * binary is asked, because a package's version is not always that of the engine in it.
 */
async function expectedVersion(
	configuration: EngineConfiguration,
	running: EngineHealth,
	signal: AbortSignal | undefined,
): Promise<string | undefined> {
	const { version } = configuration;
	if (version.value === running.version && !namesBinary(configuration)) return version.value;
	const { resolveEnginePath } = await loadResolver();
	// Where there is nothing to start, there is nothing that the running engine could differ from.
	const resolving = resolveEnginePath(
		{ ...resolverConfiguration(configuration), autoDownload: false },
		{ signal },
	);
	const binary = await resolving.catch(() => undefined);
	signal?.throwIfAborted();
	return binary === undefined && version.origin.kind !== "default" ? version.value : binary?.version;
}
