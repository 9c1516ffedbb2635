import { builtinModules } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readSourceFiles, type SourceFile } from "./support/source-files.ts";
import { isPublic, readWorkspace, type WorkspacePackage } from "./support/workspace.ts";

/** What each package may import of the others. A package that is not named here may not exist. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
	"engine-core": [],
	"engine-health": ["engine-core"],
	"engine-download": ["engine-core"],
	"engine-resolver": ["engine-core"],
	"engine-spawn": ["engine-core"],
	"engine-manager": ["engine-core", "engine-health", "engine-download", "engine-resolver", "engine-spawn"],
	"engine-manager-cli": ["engine-manager"],
	"engine-testkit": ["engine-core"],
	"engine-bench": [],
};

/** What each package may bring from outside at run time. */
const THIRD_PARTY: Readonly<Record<string, readonly string[]>> = {
	"engine-download": ["undici"],
	"engine-manager-cli": ["cli-progress", "commander"],
};

/** Peers that only a subpath needs, so that nobody else gets them. */
const OPTIONAL_PEERS: Readonly<Record<string, readonly string[]>> = { "engine-manager": ["vitest"] };

/** The packages that are for this repository only. */
const PRIVATE = ["engine-bench", "engine-testkit"];

/** What a test may import beside the package's own dependencies. */
const FOR_TESTS = ["@rivetkit/engine-testkit", "typescript", "vitest"];

const ENVIRONMENT_READERS = [
	"packages/engine-manager-cli/src/environment.ts",
	"packages/engine-manager/src/environment.ts",
];

const MAXIMUM_LINES = 220;

const packages = readWorkspace().map((one) => ({ ...one, files: readSourceFiles(one) }));
const published = packages.filter(isPublic);
const librarySources = published.flatMap(sources);

describe("arrows", () => {
	it("knows every package", () => {
		expect(packages.map(({ name }) => name).filter((name) => ARROWS[name] === undefined)).toEqual([]);
	});

	it("names a package like its folder, in the scope @rivetkit", () => {
		expect(
			packages.filter(({ name, manifest }) => manifest.name !== `@rivetkit/${name}`).map(nameOf),
		).toEqual([]);
	});

	it("lets a package import those below it and no others; siblings never import each other", () => {
		const violations = packages.flatMap((one) =>
			importsOf(sources(one))
				.filter(({ from }) => from.startsWith("@rivetkit/"))
				.filter(({ from }) => from !== one.manifest.name && !ARROWS[one.name]?.includes(withoutScope(from)))
				.map(({ where, from }) => `${where} imports ${from}`),
		);
		expect(violations).toEqual([]);
	});

	it("lets a manifest depend on the packages below and no others", () => {
		const violations = packages.flatMap((one) =>
			Object.keys(allDependencies(one))
				.filter((name) => name.startsWith("@rivetkit/") && !ARROWS[one.name]?.includes(withoutScope(name)))
				.map((name) => `packages/${one.name}/package.json depends on ${name}`),
		);
		expect(violations).toEqual([]);
	});

	it("keeps testkit and bench private, with no package depending on them", () => {
		const publishedAnyway = published.filter(({ name }) => PRIVATE.includes(name)).map(nameOf);
		const dependents = packages.filter((one) =>
			Object.keys(allDependencies(one)).some((name) => PRIVATE.includes(withoutScope(name))),
		);
		expect([...publishedAnyway, ...dependents.map(nameOf)]).toEqual([]);
		expect(packages.filter((one) => !isPublic(one)).map(nameOf)).toEqual(PRIVATE);
	});

	it("lets only tests import the testkit", () => {
		const violations = importsOf(packages.flatMap(sources)).filter(
			({ from }) => from === "@rivetkit/engine-testkit",
		);
		expect(violations.map(({ where }) => where)).toEqual([]);
	});

	it("crosses from one package to another by name; only a test may use the files of a package below it", () => {
		const violations = packages.flatMap(({ name, files }) =>
			files.flatMap(({ path: file, isTest, imports }) =>
				imports
					.filter(({ specifier }) => specifier?.startsWith("."))
					.map(({ specifier = "", line }) => ({
						line,
						target: path.posix.join(path.posix.dirname(file), specifier),
					}))
					.filter(({ target }) => {
						const [folder, other = ""] = target.split("/");
						const isBelow = isTest && ARROWS[name]?.includes(other) === true;
						return folder !== "packages" || (other !== name && !isBelow);
					})
					.map(({ line, target }) => `${file}:${line} imports ${target}`),
			),
		);
		expect(violations).toEqual([]);
	});
});

describe("dependencies", () => {
	it("says of every import which module it loads", () => {
		const violations = librarySources.flatMap(({ path, imports }) =>
			imports.filter(({ specifier }) => specifier === undefined).map(({ line }) => `${path}:${line}`),
		);
		expect(violations).toEqual([]);
	});

	it("declares every package that is imported", () => {
		const violations = packages.flatMap((one) =>
			importsOf(one.files)
				.filter(({ from, isTest }) => !(isTest && FOR_TESTS.includes(from)))
				.filter(({ from, isTest }) => !declares(one, from, isTest))
				.map(({ where, from }) => `${where} imports ${from}`),
		);
		expect(violations).toEqual([]);
	});

	it("imports every package that is declared", () => {
		const violations = packages.flatMap((one) => {
			const imported = new Set(importsOf(sources(one)).map(({ from }) => from));
			return Object.keys(allDependencies(one))
				.filter((name) => !imported.has(name))
				.map((name) => `packages/${one.name}/package.json declares ${name}`);
		});
		expect(violations).toEqual([]);
	});

	it("brings no third-party package at run time beyond undici for downloads, and commander and cli-progress for the tool", () => {
		const violations = packages.flatMap(({ name, manifest }) =>
			Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
				.filter(
					(dependency) => !dependency.startsWith("@rivetkit/") && !THIRD_PARTY[name]?.includes(dependency),
				)
				.map((dependency) => `packages/${name}/package.json brings ${dependency}`),
		);
		expect(violations).toEqual([]);
	});

	it("asks for no peer that is not optional", () => {
		const violations = packages.flatMap(({ name, manifest }) =>
			Object.keys(manifest.peerDependencies ?? {})
				.filter(
					(peer) =>
						!OPTIONAL_PEERS[name]?.includes(peer) || manifest.peerDependenciesMeta?.[peer]?.optional !== true,
				)
				.map((peer) => `packages/${name}/package.json wants ${peer}`),
		);
		expect(violations).toEqual([]);
	});

	it("depends on its neighbours as workspace:^, which publishing replaces", () => {
		const violations = packages.flatMap((one) =>
			Object.entries(allDependencies(one))
				.filter(([name, range]) => name.startsWith("@rivetkit/") && range !== "workspace:^")
				.map(([name, range]) => `packages/${one.name}/package.json: ${name} ${range}`),
		);
		expect(violations).toEqual([]);
	});
});

describe("sources", () => {
	it("reads process.env in two files only", () => {
		const readers = librarySources.filter(({ environmentReads }) => environmentReads.length > 0);
		expect(readers.map(({ path }) => path).sort()).toEqual(ENVIRONMENT_READERS);
	});

	it("has no top-level await", () => {
		expect(linesWith("topLevelAwaits")).toEqual([]);
	});

	it("has no default export", () => {
		expect(linesWith("defaultExports")).toEqual([]);
	});

	it("has no `export *`", () => {
		expect(linesWith("starExports")).toEqual([]);
	});

	it("has no `any`", () => {
		expect(linesWith("anyTypes")).toEqual([]);
	});

	it("names a file for what it exports, never utils, helpers or common", () => {
		const isVague = ({ path }: SourceFile): boolean => /\/(utils?|helpers?|common)(\.|\/)/.test(path);
		expect(packages.flatMap(sources).filter(isVague).map(pathOf)).toEqual([]);
	});

	it(`keeps a file within ${MAXIMUM_LINES} lines`, () => {
		const long = packages.flatMap(sources).filter(({ lines }) => lines > MAXIMUM_LINES);
		expect(long.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
	});
});

describe("manifests", () => {
	it.each(published.map((one) => [one.name, one.manifest] as const))(
		"%s says what a published one must",
		(_name, manifest) => {
			expect(manifest).toMatchObject({
				type: "module",
				sideEffects: false,
				license: "Apache-2.0",
				engines: { node: ">=20.19" },
				files: expect.arrayContaining(["dist"]),
				publishConfig: { access: "public", provenance: true },
			});
			expect(manifest.description).toEqual(expect.any(String));
			const targets = Object.entries(manifest.exports ?? {}).filter(
				([subpath]) => subpath !== "./package.json",
			);
			expect(targets.map(([subpath]) => subpath)).toContain(".");
			for (const [subpath, target] of targets) {
				// TypeScript takes the first condition that fits, so the order matters.
				expect(Object.keys(Object(target)), subpath).toEqual(["types", "default"]);
			}
		},
	);
});

function sources({ files }: { readonly files: readonly SourceFile[] }): readonly SourceFile[] {
	return files.filter(({ isTest }) => !isTest);
}

/** The packages that files import, Node's own left out. */
function importsOf(files: readonly SourceFile[]) {
	return files.flatMap(({ path, isTest, imports }) =>
		imports.flatMap(({ specifier, line }) => {
			if (
				specifier === undefined ||
				/^(\.|\/|node:|file:|data:)/.test(specifier) ||
				builtinModules.includes(specifier)
			) {
				return [];
			}
			const from = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
			return [{ where: `${path}:${line}`, from, isTest }];
		}),
	);
}

/** What only this repository installs is there for tests alone. */
function declares({ manifest }: WorkspacePackage, from: string, isTest: boolean): boolean {
	const { name, dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
	const published = { ...dependencies, ...optionalDependencies, ...peerDependencies };
	return from === name || from in published || (isTest && from in { ...devDependencies });
}

function allDependencies({ manifest }: WorkspacePackage): Readonly<Record<string, string>> {
	const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
	return { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
}

function linesWith(
	fact: "topLevelAwaits" | "defaultExports" | "starExports" | "anyTypes",
): readonly string[] {
	return librarySources.flatMap((file) => file[fact].map((line) => `${file.path}:${line}`));
}

function withoutScope(name: string): string {
	return name.replace("@rivetkit/", "");
}

function nameOf({ name }: WorkspacePackage): string {
	return name;
}

function pathOf({ path }: SourceFile): string {
	return path;
}
