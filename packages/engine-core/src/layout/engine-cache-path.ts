import path from "node:path";
import { EngineError } from "../errors.ts";

/** The codes that {@link engineCachePath} throws. */
export type EngineCacheErrorCode = "invalid_option";

/**
 * Returns the path of a release file in the cache of a storage root. The cache is shared with rivetkit.
 *
 * @param artifact - The file's name, from `engineArtifactName`.
 * @throws EngineError `invalid_option` for a text that {@link isVersionName} refuses.
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

/** True if a text can be a version. The text becomes part of a path and a URL, so it must not lead elsewhere. */
export function isVersionName(text: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(text) && !text.includes("..");
}
