import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { EngineError, type InstanceLayout, instanceLayout, isEngineError } from "@rivetkit/engine-core";

/**
 * Finds the instances in a storage root: the default instance, if it has a database or a record, and all named instances.
 * Instances in folders elsewhere are not found.
 *
 * @throws EngineError `read_only` if the folders cannot be read; `path_occupied` if a file is in the place of a folder.
 */
export async function findInstances(storageRoot: string): Promise<readonly InstanceLayout[]> {
	const standard = instanceLayout(storageRoot);
	const { databasePath, recordPath, rivetkitRecordPath } = standard;
	const isThere = [databasePath, recordPath, rivetkitRecordPath].some((file) => existsSync(file));
	const folder = path.join(standard.folder, "instances");
	const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return [];
		throw unreadableError(error, folder);
	});
	const named = entries
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort()
		.flatMap((name) => layoutOf(storageRoot, name) ?? []);
	return isThere ? [standard, ...named] : named;
}

function unreadableError(
	cause: NodeJS.ErrnoException,
	folder: string,
): EngineError<"path_occupied" | "read_only"> {
	const isOccupied = cause.code === "ENOTDIR";
	const code = isOccupied ? "path_occupied" : "read_only";
	const hint = isOccupied
		? `Move away the file that is at '${folder}' or above it.`
		: `Let this user read the folder '${folder}'.`;
	return new EngineError(code, `The instances in '${folder}' cannot be read: ${cause.message}.`, {
		metadata: { path: folder, hint },
		cause,
	});
}

/** Makes the layout of a named instance; undefined if the folder's name is not a valid instance name. */
function layoutOf(storageRoot: string, name: string): InstanceLayout | undefined {
	try {
		return instanceLayout(storageRoot, name);
	} catch (error) {
		if (isEngineError(error, "invalid_option")) return undefined;
		throw error;
	}
}
