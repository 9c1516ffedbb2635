import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { inspectSource, type SourceFacts } from "./source-facts.ts";

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

/** A source file, read and parsed. */
export interface SourceFile extends SourceFacts {
	/** Relative to the root, with forward slashes. */
	readonly path: string;
	readonly isTest: boolean;
	readonly lines: number;
}

/** A package of the workspace. */
export interface WorkspacePackage {
	/** Without the scope, which is also its folder's name. */
	readonly name: string;
	/** Absolute. */
	readonly folder: string;
	readonly manifest: Manifest;
	/** Everything under `src` and `test`. */
	readonly files: readonly SourceFile[];
}

/** The packages in `packages`, in the order of their names. */
export function readWorkspace(): readonly WorkspacePackage[] {
	const folder = path.join(root, "packages");
	return readdirSync(folder)
		.filter((name) => existsSync(path.join(folder, name, "package.json")))
		.sort()
		.map((name) => readPackage(name, path.join(folder, name)));
}

/** What `npm publish` would publish. */
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
	return {
		name,
		folder,
		manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")),
		files: ["src", "test"].flatMap((part) => sourcesIn(path.join(folder, part))),
	};
}

function sourcesIn(folder: string): readonly SourceFile[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => /\.[cm]?[jt]s$/.test(file))
		.sort()
		.map((file) => readSource(path.join(folder, file)));
}

function readSource(file: string): SourceFile {
	const text = readFileSync(file, "utf8");
	const relative = path.relative(root, file).replaceAll(path.sep, "/");
	const isTest = relative.split("/")[2] === "test" || /\.test\.[cm]?[jt]s$/.test(relative);
	return {
		path: relative,
		isTest,
		lines: text.trimEnd().split("\n").length,
		...inspectSource(relative, text),
	};
}
