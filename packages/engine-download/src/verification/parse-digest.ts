import { invalidOptionError } from "../options/invalid-option.ts";

/**
 * Checks a SHA-256 from a caller, and returns it in lower case.
 *
 * @param option - The name of the option with the SHA-256.
 * @throws EngineError `invalid_option` unless it consists of 64 hex digits.
 */
export function parseDigest(sha256: string, option: string): string {
	if (/^[0-9a-f]{64}$/i.test(sha256)) return sha256.toLowerCase();
	throw invalidOptionError(option, `must be a SHA-256, not '${sha256}'`, {
		hint: "Give the 64 hexadecimal digits, as `sha256sum` prints them.",
	});
}
