import type { ResolverSettings, SourceContext } from "../source.ts";
import { readBinaryVersion } from "./binary-version.ts";

/** What a binary that a source has found says of its version; undefined if nothing may be run to find out. */
export async function versionOf(
	file: string,
	{ environment }: ResolverSettings,
	{ looksOnly = false, signal }: SourceContext,
): Promise<string | undefined> {
	return looksOnly ? undefined : await readBinaryVersion(file, environment, signal);
}
