import path from "node:path";
import { fileURLToPath } from "node:url";
import { findInstalledEngine, findPackage, type InstalledEngine } from "@rivetkit/engine-core";
import { checkExecutable } from "../executable/check-executable.ts";
import {
	decline,
	type EngineBinary,
	type ResolverSettings,
	type SourceContext,
	type SourceResult,
} from "../source.ts";
import { versionOf } from "../version/version-of.ts";
import { engineFileIn, isPresent } from "./engine-file.ts";

/**
 * Finds the binary in the npm package `@rivetkit/engine-cli`: from the working directory, from the `rivetkit` that is
 * installed there, and last from this package's own folder. The packages with the binaries are never imported: otherwise
 * a bundler would include their 97 MB.
 */
export async function npmSource(
	settings: ResolverSettings,
	context: SourceContext,
): Promise<readonly SourceResult[]> {
	const installed =
		findInstalledEngine(settings.cwd) ?? findInstalledEngine(path.dirname(fileURLToPath(import.meta.url)));
	if (installed === undefined) {
		return [decline("npm", `\`@rivetkit/engine-cli\` is not installed in '${settings.cwd}' or above it`)];
	}
	const binary = await binaryOf(installed);
	if (binary.kind === "missing") return [decline("npm", binary.reason)];
	await checkExecutable(binary.path, "npm");
	const version = await versionOf(binary.path, settings, context);
	const reason =
		context.looksOnly === true ? undefined : objectionToVersion({ path: binary.path, version }, settings);
	if (reason !== undefined) return [decline("npm", reason)];
	return [{ kind: "found", binary: { path: binary.path, source: "npm", version } }];
}

/** Returns why a package's engine does not have the wanted version. */
export function objectionToVersion(
	{ path: file, version }: Pick<EngineBinary, "path" | "version">,
	settings: ResolverSettings,
): string | undefined {
	if (!settings.versionIsExplicit || version === settings.version) return undefined;
	const found = version ?? "an engine that does not tell its version";
	return `'${file}' is ${found}; ${settings.version} was asked for`;
}

async function binaryOf(
	installed: InstalledEngine,
): Promise<
	{ readonly kind: "present"; readonly path: string } | { readonly kind: "missing"; readonly reason: string }
> {
	const beside = engineFileIn(installed.folder);
	if (await isPresent(beside)) return { kind: "present", path: beside };
	const platformPackage = platformPackageName(process.platform, process.arch);
	const found = findPackage(installed.folder, ["@rivetkit", platformPackage]);
	if (found !== undefined) return { kind: "present", path: engineFileIn(found.folder) };
	return {
		kind: "missing",
		reason:
			`\`@rivetkit/engine-cli\` ${installed.packageVersion} is installed, but its optional dependency ` +
			`\`@rivetkit/${platformPackage}\` is not`,
	};
}

/** Returns the name, without scope, of the npm package that contains a platform's binary. Every Linux takes the static musl build. */
export function platformPackageName(platform: string, arch: string): string {
	return `engine-cli-${platform}-${arch}${platform === "linux" ? "-musl" : ""}`;
}
