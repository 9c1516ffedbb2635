import type { ResolverSettings, SourceContext } from "../source.ts";
import { readBinaryVersion } from "./binary-version.ts";

/** Asks a binary for its version; undefined if the search may only look. */
export async function versionOf(
	file: string,
	{ environment }: ResolverSettings,
	{ looksOnly = false, signal }: SourceContext,
): Promise<string | undefined> {
	return looksOnly ? undefined : await readBinaryVersion(file, environment, signal);
}
