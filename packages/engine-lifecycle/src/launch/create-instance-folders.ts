import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { type EngineConfiguration, engineFile, type PostgresSsl } from "@rivetkit/engine-config";
import {
	createFolder,
	EngineError,
	INSTANCE_DRAFTS,
	removeOldDrafts,
	writeWhole,
} from "@rivetkit/engine-core";

/**
 * Creates the folders of the instance and, if there are settings for it, the configuration file.
 *
 * @throws EngineError `no_space`, `read_only`, `path_occupied`; `invalid_option` for a certificate that cannot be read.
 */
export async function createInstanceFolders(configuration: EngineConfiguration): Promise<void> {
	const { target, database } = configuration;
	const { layout } = target;
	if (database.kind === "postgres") await requireFiles(database.ssl);
	await createFolder(database.kind === "postgres" ? layout.folder : database.path);
	await removeOldDrafts(layout.folder, INSTANCE_DRAFTS);
	const content = engineFile(configuration);
	if (content !== undefined) await writeWhole(layout.configPath, `${JSON.stringify(content, null, "\t")}\n`);
}

/** Checks the certificates first, because the engine's own error would name neither the file nor the option. */
async function requireFiles(ssl: PostgresSsl | undefined): Promise<void> {
	for (const [name, file] of Object.entries(ssl ?? {})) {
		await access(file, constants.R_OK).catch((cause: Error) => {
			throw new EngineError(
				"invalid_option",
				`Option 'storage.ssl.${name}' is '${file}', which cannot be read: ${cause.message}.`,
				{
					metadata: {
						option: "storage",
						path: file,
						hint: "Check the path, and that this user may read the file.",
					},
					cause,
				},
			);
		});
	}
}
