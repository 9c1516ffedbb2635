import { EngineError } from "../errors.ts";

/** The codes that {@link storageError} gives. */
export type StorageErrorCode = "no_space" | "read_only";

/**
 * What a failed file operation means for the user: a full disk is `no_space`, a folder that cannot be
 * written `read_only`; anything else is returned as it came.
 */
export function storageError(error: unknown, path: string): unknown {
	const errno = (error as NodeJS.ErrnoException | undefined)?.code;
	switch (errno) {
		case "ENOSPC":
		case "EDQUOT":
			return new EngineError("no_space", `There is no space left to write '${path}'.`, {
				metadata: { path, hint: "Free some space, or move the storage root with `RIVETKIT_STORAGE_PATH`." },
				cause: error,
			});
		case "EACCES":
		case "EPERM":
		case "EROFS":
		case "ENOTDIR":
		case "EEXIST":
		case "EISDIR":
			return new EngineError("read_only", `'${path}' cannot be written (${errno}).`, {
				metadata: {
					path,
					hint: "Check who owns the folder and that no file is in its way, or choose another with `RIVETKIT_STORAGE_PATH`.",
				},
				cause: error,
			});
		default:
			return error;
	}
}
