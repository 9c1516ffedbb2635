import path from "node:path";
import { checkExecutable } from "../executable/check-executable.ts";
import { decline, type ResolverSettings, type SourceContext, type SourceResult } from "../source.ts";
import { versionOf } from "../version/version-of.ts";
import { engineFileIn, isPresent } from "./engine-file.ts";

/**
 * Finds the engine that Cargo has built in `cargoRoot` or the nearest folder above it, a debug build before a release
 * build. Looks for nothing unless `cargoRoot` is given: the working directory alone must not decide which program is run.
 *
 * @throws EngineError `binary_not_executable` or `binary_wrong_platform` for a build that cannot be run.
 */
export async function cargoSource(
	settings: ResolverSettings,
	context: SourceContext,
): Promise<readonly SourceResult[]> {
	const { cargoRoot, cwd } = settings;
	if (cargoRoot === undefined) return [];
	const root = path.resolve(cwd, cargoRoot);
	for (const file of buildsFrom(root)) {
		if (!(await isPresent(file))) continue;
		await checkExecutable(file, "cargo");
		const version = await versionOf(file, settings, context);
		return [{ kind: "found", binary: { path: file, source: "cargo", version } }];
	}
	const first = path.join(root, "target", "debug");
	return [
		decline(
			"cargo",
			`there is no build in '${first}', in 'release' beside it, or in a folder above '${root}'`,
		),
	];
}

function* buildsFrom(root: string): Generator<string> {
	for (let folder = root; ; folder = path.dirname(folder)) {
		for (const profile of ["debug", "release"]) yield engineFileIn(path.join(folder, "target", profile));
		if (path.dirname(folder) === folder) return;
	}
}
