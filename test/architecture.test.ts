import { builtinModules } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findCircles, importGraph, importsAmong, roomOf } from "./support/import-graph.ts";
import { readSourceFiles, type SourceFile } from "./support/source-files.ts";
import { isPublic, readWorkspace, type WorkspacePackage } from "./support/workspace.ts";

/** The packages with one ability each, which never import each other. */
const TOOLS = [
	"engine-core",
	"engine-config",
	"engine-download",
	"engine-health",
	"engine-inspect",
	"engine-resolver",
	"engine-spawn",
];

/** The packages that each package may import. A package that is not named here may not exist. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
	"engine-core": [],
	"engine-health": ["engine-core"],
	"engine-download": ["engine-core"],
	"engine-resolver": ["engine-core"],
	"engine-spawn": ["engine-core"],
	"engine-inspect": ["engine-core"],
	"engine-config": ["engine-core"],
	"engine-instances": ["engine-core", "engine-config", "engine-health", "engine-inspect"],
	"engine-lifecycle": [...TOOLS, "engine-instances"],
	"engine-ephemeral": [...TOOLS, "engine-instances", "engine-lifecycle"],
	"engine-doctor": [...TOOLS, "engine-instances", "engine-lifecycle"],
	"engine-manager": [...TOOLS, "engine-instances", "engine-lifecycle"],
	// The option table is in engine-config: the tool makes its flags from it.
	"engine-manager-cli": ["engine-config", "engine-manager", "engine-doctor", "engine-ephemeral"],
	"engine-testkit": ["engine-core"],
	"engine-bench": [],
};

/** The packages from outside that each package may have at run time. */
const THIRD_PARTY: Readonly<Record<string, readonly string[]>> = {
	"engine-download": ["undici"],
	"engine-ephemeral": ["signal-exit"],
	"engine-manager-cli": ["cli-progress", "commander"],
};

/** Packages from outside of which the build copies into ours what it uses. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = { "engine-core": ["semver"] };

/** Peers that only a subpath needs, so that nobody else gets them. */
const OPTIONAL_PEERS: Readonly<Record<string, readonly string[]>> = { "engine-ephemeral": ["vitest"] };

/** The packages that are for this repository only. */
const PRIVATE = ["engine-bench", "engine-testkit"];

/** The packages that a test may import beside the package's own dependencies. */
const FOR_TESTS = ["@rivetkit/engine-testkit", "typescript", "vitest"];

const ENVIRONMENT_READERS = [
	"packages/engine-doctor/src/environment.ts",
	"packages/engine-ephemeral/src/environment.ts",
	"packages/engine-manager-cli/src/environment.ts",
	"packages/engine-manager/src/environment.ts",
];

const MAXIMUM_LINES = 220;

/** How many source files a folder may hold, and the `src` of a package beside its folders. Tests are not counted. */
const MOST_FILES = { folder: 12, src: 10 };

/** Folders that may hold more: a file a command. */
const LARGE_FOLDERS = ["packages/engine-manager-cli/src/commands"];

/**
 * The rooms of its package that each room may import. A room that is not named here may not exist in these
 * packages. Files beside the rooms are not named: that there is no circle keeps some below the rooms and others above.
 */
const ROOM_ARROWS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
	"engine-core": {
		files: [],
		layout: ["files"],
		endpoint: [],
		"process/reader": [],
		process: ["process/reader"],
		lock: ["files", "process"],
		receipt: ["files"],
		version: [],
	},
	"engine-download": {
		options: [],
		progress: [],
		places: ["options"],
		failure: [],
		network: ["places"],
		transfer: ["failure", "network", "places"],
		partials: ["transfer"],
		verification: ["failure", "options", "partials", "places", "transfer"],
		install: ["partials"],
		sharing: ["install", "partials", "progress"],
		cache: ["options", "partials", "places"],
	},
	"engine-resolver": {
		version: [],
		executable: [],
		settle: [],
		sources: ["executable", "settle", "version"],
	},
	"engine-spawn": {
		command: [],
		logs: [],
		explain: [],
		spawn: ["command", "logs"],
	},
	"engine-health": {
		probe: [],
		access: ["probe"],
		wait: ["probe"],
	},
	"engine-inspect": {
		reader: [],
		process: ["reader"],
		ports: ["process", "reader"],
		database: ["ports", "process", "reader"],
	},
	"engine-instances": {
		records: [],
		target: ["records"],
		proof: ["records", "target"],
		list: ["records"],
		logs: ["records"],
		prune: ["list", "logs", "records"],
	},
	"engine-config": {
		target: [],
		binary: [],
		cluster: [],
		launch: ["cluster"],
		policy: [],
	},
	"engine-lifecycle": {
		binary: [],
		endpoint: [],
		contention: ["endpoint"],
		database: [],
		failure: ["database"],
		watch: ["failure"],
		reuse: ["binary", "endpoint", "watch"],
		launch: ["binary", "contention", "database", "endpoint", "failure", "reuse", "watch"],
		stop: [],
		replace: ["binary", "contention", "database", "endpoint", "launch", "reuse", "stop", "watch"],
		status: ["binary", "reuse"],
		foreground: ["binary", "contention", "endpoint", "launch", "stop"],
	},
	"engine-ephemeral": {
		reservation: [],
		cleanup: ["reservation"],
		run: ["cleanup", "reservation"],
	},
	"engine-doctor": {
		checks: [],
	},
	"engine-manager-cli": {
		hints: [],
		flags: [],
		variables: [],
		child: [],
		exit: ["hints"],
		output: ["flags", "hints", "variables"],
		progress: ["hints", "output"],
		commands: ["child", "exit", "flags", "hints", "output", "progress", "variables"],
	},
};

/** Rooms whose files ask nobody: they import each other and engine-core, and no module of Node. */
const PURE_ROOMS = ["packages/engine-spawn/src/explain"];

/** Files that describe the flags of the tool, which makes its commands from them. */
const FLAG_TABLES = /^packages\/engine-config\/src\/\w+\/\w+-table\.ts$/;

/** Flags of the engine's own command line, and of programs that the packages call. */
const FLAGS_OF_OTHERS = ["--config", "--version"];

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
						const isBelow = isTest && packagesBelow(name).has(other);
						return folder !== "packages" || (other !== name && !isBelow);
					})
					.map(({ line, target }) => `${file}:${line} imports ${target}`),
			),
		);
		expect(violations).toEqual([]);
	});
});

describe("rooms", () => {
	it(`holds at most ${MOST_FILES.folder} source files in a folder, and ${MOST_FILES.src} in \`src\``, () => {
		const counts = new Map<string, number>();
		for (const { path: file } of packages.filter(isPublic).flatMap(sources)) {
			const folder = path.posix.dirname(file);
			counts.set(folder, (counts.get(folder) ?? 0) + 1);
		}
		const large = [...counts].filter(([folder, count]) => {
			const most = folder.endsWith("/src") ? MOST_FILES.src : MOST_FILES.folder;
			return count > most && !LARGE_FOLDERS.includes(folder);
		});
		expect(large.map(([folder, count]) => `${folder}: ${count} files`)).toEqual([]);
	});

	it("has no circle of imports between the files of a package, types included", () => {
		const circles = packages.flatMap((one) =>
			findCircles(importGraph(importsAmong(sources(one)), (file) => file)),
		);
		expect(circles).toEqual([]);
	});

	it("has no circle of imports between the rooms of a package, types included", () => {
		const circles = packages.flatMap((one) =>
			findCircles(importGraph(importsAmong(sources(one)), roomOf)).map((circle) => `${one.name}: ${circle}`),
		);
		expect(circles).toEqual([]);
	});

	it.each(Object.entries(ROOM_ARROWS))(
		"lets a room of %s import those below it and no others",
		(name, arrows) => {
			const files = packages.filter((one) => one.name === name).flatMap(sources);
			const folders = files.map((file) => roomOf(file.path)).filter(isRoom);
			expect([...new Set(folders.map(nameOfRoom))].sort()).toEqual(Object.keys(arrows).sort());
			const violations = importsAmong(files)
				.map(({ where, from, to }) => ({ where, from: roomOf(from), to: roomOf(to) }))
				.filter(({ from, to }) => isRoom(from) && isRoom(to) && from !== to)
				.filter(({ from, to }) => !arrows[nameOfRoom(from)]?.includes(nameOfRoom(to)))
				.map(({ where, to }) => `${where} imports ${to}`);
			expect(violations).toEqual([]);
		},
	);

	it.each(PURE_ROOMS)("has nothing in %s that could ask a disk, a process or a server", (folder) => {
		const violations = librarySources
			.filter(({ path: file }) => file.startsWith(`${folder}/`))
			.flatMap(({ path: file, imports }) =>
				imports
					.filter(
						({ specifier = "" }) => !specifier.startsWith("./") && specifier !== "@rivetkit/engine-core",
					)
					.map(({ specifier, line }) => `${file}:${line} imports ${specifier}`),
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

	it("brings no third-party package at run time but those that are named for it", () => {
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
	it("reads process.env in one file of each package that binds it", () => {
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

	it("names options and functions in the texts of libraries, never flags or commands of the tool", () => {
		const named = published
			.filter(({ name }) => name !== "engine-manager-cli")
			.flatMap(sources)
			.filter(({ path: file }) => !FLAG_TABLES.test(file))
			.flatMap(({ path: file, texts }) =>
				texts.flatMap(({ text, line }) =>
					[...text.matchAll(/(?<![\w-])--[a-z][\w-]*|(?<!\.)rivet-enginectl/g)]
						.filter(([name]) => !FLAGS_OF_OTHERS.includes(name))
						.map(([name]) => `${file}:${line} names ${name}`),
				),
			);
		expect(named).toEqual([]);
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

/** All packages that one stands on, with those that they stand on. */
function packagesBelow(name: string): ReadonlySet<string> {
	const direct = ARROWS[name] ?? [];
	return new Set(direct.flatMap((below) => [below, ...packagesBelow(below)]));
}

function sources({ files }: { readonly files: readonly SourceFile[] }): readonly SourceFile[] {
	return files.filter(({ isTest }) => !isTest);
}

/** A name of {@link roomOf} that is not one of a file beside the rooms. */
function isRoom(name: string): boolean {
	return name.endsWith("/");
}

function nameOfRoom(room: string): string {
	return room.replace(/\/$/, "");
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

/** True if a package declares what it imports. Development dependencies are for tests, and for the build to copy. */
function declares({ name, manifest }: WorkspacePackage, from: string, isTest: boolean): boolean {
	const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
	const published = { ...dependencies, ...optionalDependencies, ...peerDependencies };
	const isInstalledHere = isTest || BUNDLED[name]?.includes(from) === true;
	return from === manifest.name || from in published || (isInstalledHere && from in { ...devDependencies });
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
