import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { createFolder, writeWhole } from "@rivetkit/engine-core";
import type { EngineLaunch } from "@rivetkit/engine-spawn";
import type { EngineConfiguration } from "./configuration.ts";
import type { EnginePorts } from "./guard-binding.ts";

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
	await removeOldDrafts(layout.folder);
	if (config !== undefined) await writeWhole(layout.configPath, `${JSON.stringify(config, null, "\t")}\n`);
}

/** A draft older than this belongs to a process that was killed while it wrote, in milliseconds. */
const OLD_DRAFT_MS = 60_000;

async function removeOldDrafts(folder: string): Promise<void> {
	for (const draft of await oldDrafts(folder)) await rm(draft, { force: true }).catch(() => {});
}

/** What killed processes have left of records and configurations that they were writing. */
export async function oldDrafts(folder: string): Promise<readonly string[]> {
	const names = await readdir(folder).catch(() => []);
	const drafts: string[] = [];
	for (const name of names.filter((one) =>
		/^(?:owner|runtime|engine)\.json\.[0-9a-f-]{36}\.tmp$/.test(one),
	)) {
		const draft = path.join(folder, name);
		const written = await stat(draft).catch(() => undefined);
		if (written !== undefined && Date.now() - written.mtimeMs > OLD_DRAFT_MS) drafts.push(draft);
	}
	return drafts;
}
