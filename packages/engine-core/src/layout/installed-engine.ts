import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";

/** An npm package such as `@rivetkit/engine-cli`, as it is installed in a `node_modules` folder. */
export interface InstalledEngine {
	/** The package's own folder, with links resolved. */
	readonly folder: string;
	/** The package's version, which may differ from the version of the engine in the package. */
	readonly packageVersion: string;
}

const ENGINE_PACKAGE = ["@rivetkit", "engine-cli"] as const;

/**
 * Looks for `@rivetkit/engine-cli` like Node would from `folder`, then in the dependencies of the `rivetkit` installed
 * there, which pnpm does not hoist. Runs nothing and reads only manifests.
 */
export function findInstalledEngine(folder: string): InstalledEngine | undefined {
	return findPackage(folder, ENGINE_PACKAGE) ?? engineOfRivetkit(folder);
}

/**
 * Finds the engine package that the `rivetkit` installed for `folder` depends on. rivetkit itself uses this package,
 * even if `folder` has an `@rivetkit/engine-cli` of its own.
 */
export function engineOfRivetkit(folder: string): InstalledEngine | undefined {
	const rivetkit = findPackage(folder, ["rivetkit"]);
	return rivetkit && findPackage(rivetkit.folder, ENGINE_PACKAGE);
}

/**
 * Finds a package by its manifest, like Node would from `folder`. `require.resolve` cannot be used, since `exports` may
 * hide `package.json`. Synchronous, which is ten times as fast as waiting for each file.
 */
export function findPackage(folder: string, name: readonly string[]): InstalledEngine | undefined {
	for (let current = path.resolve(folder); ; current = path.dirname(current)) {
		const candidate = path.join(current, "node_modules", ...name);
		const version = readVersion(candidate);
		if (version !== undefined) return { folder: realpathSync(candidate), packageVersion: version };
		if (path.dirname(current) === current) return undefined;
	}
}

/** The engine version that this release was tested with. */
const TESTED_VERSION = "2.3.19";

/**
 * Returns the default version: the version of the `@rivetkit/engine-cli` that Node would find from `folder`, else the
 * version that this release was tested with.
 */
export function defaultEngineVersion(folder: string): string {
	return findInstalledEngine(folder)?.packageVersion ?? TESTED_VERSION;
}

function readVersion(packageFolder: string): string | undefined {
	try {
		const manifest: unknown = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));
		const version = (manifest as { readonly version?: unknown } | null)?.version;
		return typeof version === "string" ? version : undefined;
	} catch {
		return undefined;
	}
}
