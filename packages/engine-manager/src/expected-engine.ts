import type { EngineHealth } from "@rivetkit/engine-core";
import type { Expected } from "./compare-running.ts";
import type { EngineConfiguration } from "./configuration.ts";
import { loadResolver } from "./lazy-packages.ts";
import { resolverConfiguration } from "./resolver-configuration.ts";

/** What a start would have brought, as far as somebody asked for it. */
export async function expectedEngine(
	configuration: EngineConfiguration,
	running: EngineHealth,
): Promise<Expected> {
	const { bindHost, endpoint, publicUrl, layout, onVersionMismatch } = configuration;
	const host = bindHost.value ?? (endpoint.value.reach === "unspecified" ? endpoint.value.host : undefined);
	return {
		version: onVersionMismatch.value === "reuse" ? undefined : await expectedVersion(configuration, running),
		bindHost: host === "localhost" ? "127.0.0.1" : host?.replace(/^\[|\]$/g, ""),
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
): Promise<string | undefined> {
	const { version, binaryPath, environment } = configuration;
	const named = [
		binaryPath.value,
		environment["RIVET_ENGINE_BINARY_PATH"],
		environment["RIVET_ENGINE_BINARY"],
	];
	if (version.value === running.version && !named.some(Boolean)) return version.value;
	const { resolveEnginePath } = await loadResolver();
	// Where there is nothing to start, there is nothing that the running engine could differ from.
	const binary = await resolveEnginePath(
		resolverConfiguration({ ...configuration, autoDownload: { value: false, origin: { kind: "default" } } }),
	).catch(() => undefined);
	return binary === undefined && version.origin.kind !== "default" ? version.value : binary?.version;
}
