import { EngineError } from "@rivetkit/engine-core";
import { isVersionAtLeast } from "@rivetkit/engine-core/version";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { Mismatch } from "../engine.ts";

/**
 * Checks that a binary ends the mismatch for good, and that no two programs replace each other's engine in turn: the
 * binary is of the expected version, by its own words, and that version is the newer one. Pure.
 *
 * @throws EngineError `version_mismatch`
 */
export function requireExpected(
	{ path, version }: Pick<ResolvedBinary, "path" | "version">,
	{ expected, actual = "" }: Mismatch,
): void {
	// Either alone would let versions pass that differ in a suffix only, or that have no numbers.
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
				hint: `Use an engine newer than ${actual} (\`version\`, \`--engine-version\`), or a database of its own with \`instancePath\` (\`--instance\`).`,
			},
		},
	);
}
