import { statfs } from "node:fs/promises";
import { EngineError } from "@rivetkit/engine-core";

/** The space that must stay free after the download, for other programs on the disk: 16 MiB. */
const RESERVE_BYTES = 16 * 1024 * 1024;

/**
 * Checks that the missing bytes of a file fit on the disk of a folder, before they are received. If the free space cannot
 * be found out, the check is skipped.
 *
 * @throws EngineError `no_space`
 */
export async function requireSpace(folder: string, neededBytes: number): Promise<void> {
	const disk = await statfs(folder).catch(() => undefined);
	if (disk === undefined || disk.blocks === 0) return;
	const freeBytes = disk.bavail * disk.bsize;
	if (freeBytes >= neededBytes + RESERVE_BYTES) return;
	throw new EngineError(
		"no_space",
		`There is no space left in '${folder}': ${megabytes(neededBytes)} are needed, ${megabytes(freeBytes)} are free.`,
		{
			metadata: {
				path: folder,
				neededBytes,
				freeBytes,
				hint: "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
			},
		},
	);
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
