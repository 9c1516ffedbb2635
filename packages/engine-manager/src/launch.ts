import { createFolder, writeWhole } from "@rivetkit/engine-core";
import type { EngineLaunch } from "@rivetkit/engine-spawn";
import type { EngineConfiguration } from "./configuration.ts";
import type { EnginePorts } from "./guard-binding.ts";
import { INSTANCE_DRAFTS, removeOldDrafts } from "./old-drafts.ts";

/** How the engine of this configuration is started. */
export function engineLaunch(configuration: EngineConfiguration, ports: EnginePorts): EngineLaunch {
	return {
		...ports,
		// The engine refuses a path beside PostgreSQL.
		databasePath:
			configuration.config?.["postgres"] === undefined ? configuration.layout.databasePath : undefined,
		publicUrl: configuration.publicUrl.value,
		preset: configuration.preset.value,
		telemetry: configuration.telemetry.value,
		environment: configuration.environment,
		env: configuration.env,
		configPath: configuration.config === undefined ? undefined : configuration.layout.configPath,
	};
}

/**
 * Creates the folders of the instance and, where there are settings for it, the configuration file.
 *
 * @throws EngineError `no_space`, `read_only`.
 */
export async function prepareFolders(configuration: EngineConfiguration): Promise<void> {
	const { layout, config } = configuration;
	await createFolder(layout.databasePath);
	await removeOldDrafts(layout.folder, INSTANCE_DRAFTS);
	if (config !== undefined) await writeWhole(layout.configPath, `${JSON.stringify(config, null, "\t")}\n`);
}
