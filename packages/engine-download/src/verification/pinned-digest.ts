import { invalidOptionError } from "../options/invalid-option.ts";

/**
 * A SHA-256 that a caller gives, in lower case.
 *
 * @param option - What the caller calls it.
 * @throws EngineError `invalid_option` unless it has 64 hex digits.
 */
export function pinnedDigest(sha256: string, option: string): string {
	if (/^[0-9a-f]{64}$/i.test(sha256)) return sha256.toLowerCase();
	throw invalidOptionError(option, `must be a SHA-256, not '${sha256}'`, {
		hint: "Give the 64 hexadecimal digits, as `sha256sum` prints them.",
	});
}
