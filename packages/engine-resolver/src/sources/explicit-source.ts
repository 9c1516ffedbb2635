import path from "node:path";
import { checkExecutable } from "../executable/check-executable.ts";
import {
	decline,
	type EngineSourceName,
	type ResolverSettings,
	type SourceContext,
	type SourceResult,
} from "../source.ts";
import { versionOf } from "../version/version-of.ts";

/**
 * Takes the path that is named by `binaryPath`, by `RIVET_ENGINE_BINARY_PATH`, or by `RIVET_ENGINE_BINARY`, in this order.
 * If a named path is wrong, that is an error: no other source is asked instead.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable` or `binary_wrong_platform`.
 */
export async function explicitSource(
	settings: ResolverSettings,
	context: SourceContext,
): Promise<readonly SourceResult[]> {
	const declined: SourceResult[] = [];
	for (const { source, value } of namedPaths(settings)) {
		if (value === undefined) {
			declined.push(decline(source, source === "option" ? "no path was given" : "the variable is not set"));
			continue;
		}
		const file = path.resolve(settings.cwd, value);
		await checkExecutable(file, source);
		const version = await versionOf(file, settings, context);
		return [...declined, { kind: "found", binary: { path: file, source, version } }];
	}
	return declined;
}

/**
 * Checks the named path without running the file.
 *
 * @returns False if no path is named.
 *
 * @throws EngineError as {@link explicitSource}.
 */
export async function checkNamedPath(settings: ResolverSettings): Promise<boolean> {
	const named = namedPaths(settings).find(({ value }) => value !== undefined);
	if (named?.value === undefined) return false;
	await checkExecutable(path.resolve(settings.cwd, named.value), named.source);
	return true;
}

/** Returns the values of both environment variables if they name different files, so that the user can be warned. */
export function conflictingVariables(
	settings: ResolverSettings,
): { readonly used: string; readonly ignored: string } | undefined {
	const [, used, ignored] = namedPaths(settings).map(
		({ value }) => value && path.resolve(settings.cwd, value),
	);
	return used !== undefined && ignored !== undefined && used !== ignored ? { used, ignored } : undefined;
}

function namedPaths(
	settings: ResolverSettings,
): readonly { readonly source: EngineSourceName; readonly value: string | undefined }[] {
	const { environment, binaryPath } = settings;
	return [
		{ source: "option", value: binaryPath },
		{ source: "RIVET_ENGINE_BINARY_PATH", value: environment.RIVET_ENGINE_BINARY_PATH || undefined },
		{ source: "RIVET_ENGINE_BINARY", value: environment.RIVET_ENGINE_BINARY || undefined },
	];
}
