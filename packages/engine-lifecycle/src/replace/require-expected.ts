import { EngineError } from "@rivetkit/engine-core";
import { isVersionAtLeast } from "@rivetkit/engine-core/version";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { Mismatch } from "../engine.ts";

/**
 * Checks that a binary ends the mismatch for good, and that two programs cannot replace each other's engine in turn:
 * the version that the binary itself reports is the expected version, and newer than the running version. Pure.
 *
 * @throws EngineError `version_mismatch`
 */
export function requireExpected(
	{ path, version }: Pick<ResolvedBinary, "path" | "version">,
	{ expected, actual = "" }: Mismatch,
): void {
	// Both checks are needed for versions that differ only in a suffix, or that have no numbers.
	const isNewer =
		version !== undefined && isVersionAtLeast(version, actual) && !isVersionAtLeast(actual, version);
	if (version === expected && isNewer) return;
	const said = version === undefined ? "does not say its version" : `is ${version}`;
	throw new EngineError(
		"version_mismatch",
		version === expected
			? `Engine ${version} is not newer than the one that runs`
			: `The binary that would be started, '${path}', ${said}`,
		{
			metadata: {
				hint: `Use an engine newer than ${actual} (\`version\`), or a database of its own with \`instancePath\`.`,
			},
		},
	);
}
