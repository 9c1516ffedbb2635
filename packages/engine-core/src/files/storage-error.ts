import { EngineError } from "../errors.ts";

/** The codes of the errors that {@link storageError} returns. */
export type StorageErrorCode = "no_space" | "path_occupied" | "read_only";

/**
 * Translates the error of a failed file operation: a full disk is `no_space`, a file or folder in the way of ours
 * `path_occupied`, a refused write `read_only`. Any other error is returned unchanged.
 *
 * @param path - The file or folder that was to be written.
 */
export function storageError(error: unknown, path: string): unknown {
	const errno = (error as NodeJS.ErrnoException | undefined)?.code;
	switch (errno) {
		case "ENOSPC":
		case "EDQUOT":
			return new EngineError("no_space", `There is no space left to write '${path}'.`, {
				metadata: {
					path,
					hint: "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
				},
				cause: error,
			});
		case "EEXIST":
		case "EISDIR":
		case "ENOTDIR":
			return new EngineError(
				"path_occupied",
				`'${path}' cannot be written: another file or folder is in its way (${errno}).`,
				{
					metadata: {
						path,
						hint: "Move away what is at that path or above it, or choose another storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
					},
					cause: error,
				},
			);
		case "EACCES":
		case "EPERM":
		case "EROFS":
			return new EngineError("read_only", `'${path}' cannot be written (${errno}).`, {
				metadata: {
					path,
					hint: "Check who owns the folder, or choose another with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
				},
				cause: error,
			});
		default:
			return error;
	}
}
