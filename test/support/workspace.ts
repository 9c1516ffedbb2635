import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this checkout. */
export const root: string = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** A manifest, as far as the tests read it. */
export interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly private?: boolean;
	readonly exports?: Readonly<Record<string, unknown>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly devDependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
	readonly [field: string]: unknown;
}

/** A package of the workspace. */
export interface WorkspacePackage {
	/** Without the scope, which is also its folder's name. */
	readonly name: string;
	/** Absolute. */
	readonly folder: string;
	readonly manifest: Manifest;
}

/** The packages in `packages`, in the order of their names. */
export function readWorkspace(): readonly WorkspacePackage[] {
	const folder = path.join(root, "packages");
	return readdirSync(folder)
		.filter((name) => existsSync(path.join(folder, name, "package.json")))
		.sort()
		.map((name) => readPackage(name, path.join(folder, name)));
}

/** True if `npm publish` would publish the package. */
export function isPublic({ manifest }: WorkspacePackage): boolean {
	return manifest.private !== true;
}

/** The names by which users import a package, such as `@rivetkit/engine-core/process`. */
export function specifiersOf({ manifest }: WorkspacePackage): readonly string[] {
	return Object.entries(manifest.exports ?? {})
		.filter(([, target]) => typeof target === "object")
		.map(([subpath]) => path.posix.join(manifest.name, subpath));
}

function readPackage(name: string, folder: string): WorkspacePackage {
	return { name, folder, manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) };
}
