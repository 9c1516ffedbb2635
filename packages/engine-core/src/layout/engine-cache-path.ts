import path from "node:path";
import { EngineError } from "../errors.ts";

/** The codes that {@link engineCachePath} throws. */
export type EngineCacheErrorCode = "invalid_option";

/**
 * Where the cache below a storage root keeps a release file of a version: rivetkit's path, shared with it.
 *
 * @param artifact - The file's name, as `engineArtifactName` has it.
 * @throws EngineError `invalid_option` for a version that {@link isVersionName} refuses.
 */
export function engineCachePath(storageRoot: string, version: string, artifact: string): string {
	if (isVersionName(version)) return path.join(storageRoot, "engine", version, artifact);
	throw new EngineError(
		"invalid_option",
		`Option 'version' must be a version such as 2.3.19, not '${version}'.`,
		{
			metadata: {
				option: "version",
				hint: "A version has letters, digits, '.', '_', '+' and '-', starts with a letter or digit, and has no '..'.",
			},
		},
	);
}

/** Whether a text can be a version. It becomes part of a path and a URL, so nothing in it may lead elsewhere. */
export function isVersionName(text: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(text) && !text.includes("..");
}
