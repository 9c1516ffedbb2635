import { EngineError, extendedError, isEngineError } from "@rivetkit/engine-core";
import type { DownloadPlan } from "../download-plan.ts";

/**
 * Turns an error of this machine's file system into an error with advice about the target of this download. Returns any
 * other error unchanged.
 */
export function diskError(error: unknown, { isCache, target }: DownloadPlan): unknown {
	if (isEngineError(error)) {
		const advice = ADVICE[error.code];
		// Cache errors already say how to choose another storage root.
		if (advice === undefined || isCache) return error;
		return extendedError(error, { metadata: { hint: `${advice} ${chooseAnother(isCache)}` } });
	}
	if (!isSystemError(error)) return error;
	const code = OCCUPIED.includes(error.code ?? "") ? "path_occupied" : "read_only";
	return new EngineError(code, `'${target}' could not be written: ${error.message}`, {
		metadata: { path: target, errno: error.code, hint: `${ADVICE[code]} ${chooseAnother(isCache)}` },
		cause: error,
	});
}

const CHECK_FOLDER = "Check the folder, its owner and its disk.";

const ADVICE: Readonly<Record<string, string>> = {
	no_space: CHECK_FOLDER,
	read_only: CHECK_FOLDER,
	path_occupied: "Move away what is in the way.",
};

/** Codes that mean that something else is at the path. `ERR_FS_EISDIR` is the code of Node's `rm` for a folder. */
const OCCUPIED: readonly string[] = ["EEXIST", "EISDIR", "ENOTDIR", "ERR_FS_EISDIR"];

function chooseAnother(isCache: boolean): string {
	return isCache
		? "Another cache can be chosen with `storageRoot` or `RIVETKIT_STORAGE_PATH`."
		: "Another folder can be chosen with `destination`.";
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && "syscall" in error && "code" in error;
}
