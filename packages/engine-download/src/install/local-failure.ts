import { EngineError, isEngineError, type StorageErrorCode } from "@rivetkit/engine-core";
import type { DownloadPlan } from "../download-plan.ts";

/** The codes of `storageError`, whose hints name the storage root. */
const STORAGE_CODES: readonly string[] = [
	"no_space",
	"path_occupied",
	"read_only",
] satisfies readonly StorageErrorCode[];

/** What a failure of this machine's file system means to whoever wanted a file; anything else as it came. */
export function localFailure(error: unknown, { isCache, target }: DownloadPlan): unknown {
	if (isEngineError(error) && STORAGE_CODES.includes(error.code)) return isCache ? error : withHint(error);
	if (isEngineError(error) || !isSystemError(error)) return error;
	return new EngineError("read_only", `'${target}' could not be written: ${error.message}`, {
		metadata: {
			path: target,
			errno: error.code,
			hint: `Check the folder and its disk. ${elsewhere(isCache)}`,
		},
		cause: error,
	});
}

/** The storage root has nothing to do with a folder that somebody has named. */
function withHint({ code, message, metadata, cause }: EngineError): EngineError {
	const hint = `Check the folder, who owns it, and its disk. ${elsewhere(false)}`;
	return new EngineError(code, message, { metadata: { ...metadata, hint }, cause });
}

function elsewhere(isCache: boolean): string {
	return isCache
		? "Another cache can be chosen with `RIVETKIT_STORAGE_PATH`."
		: "Another folder can be chosen with `destination` (`--destination`).";
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && "syscall" in error && "code" in error;
}
