import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import {
	freePortTriple,
	realEnginePath,
	runScript,
	type TemporaryFolder,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIRST_USES, type FirstUse, PROGRAM_START } from "./support/first-uses.ts";
import {
	type InstalledPackage,
	installPacked,
	type PackedPackages,
	packPackages,
} from "./support/packed-packages.ts";
import { isPublic, type Manifest, readWorkspace, root, specifiersOf } from "./support/workspace.ts";

const run = promisify(execFile);
const published = readWorkspace().filter(isPublic);

/** The step of sizes in the README, in kilobytes: coarse, so that a size changes with a feature, not with each commit. */
const SIZE_STEP_KB = 50;

/** The resolutions that attw's profile `esm-only` leaves out: imports by Node 10, and by files of CommonJS. */
const ATTW_IGNORED = ["node10", "node16-cjs"] as const;

let temporary: TemporaryFolder;
let packed: PackedPackages;
const installations = new Map<string, Promise<InstalledPackage>>();

beforeAll(async () => {
	temporary = await temporaryFolder("rivet packages");
	packed = await packPackages(published, temporary.path);
}, 60_000);

afterAll(async () => {
	await temporary[Symbol.asyncDispose]();
});

describe.concurrent.each(published)("the tarball of $name", { timeout: 120_000 }, ({ name, manifest }) => {
	it("passes publint --strict", async ({ expect }) => {
		const { buffer } = new Uint8Array(await readFile(tarball(name)));
		const { messages, pkg } = await publint({ strict: true, pack: { tarball: buffer } });
		expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
	});

	it("has types that every way to import an ES module finds, as attw sees it", async ({ expect }) => {
		const data = new Uint8Array(await readFile(tarball(name)));
		const analysis = await checkPackage(createPackageFromTarballData(data));
		expect(analysis).toMatchObject({ types: { kind: "included" } });
		const problems = "problems" in analysis ? analysis.problems : [];
		const ignored: readonly string[] = ATTW_IGNORED;
		expect(
			problems.filter((one) => !("resolutionKind" in one && ignored.includes(one.resolutionKind))),
		).toEqual([]);
	});

	it("holds what is built and nothing else", async ({ expect }) => {
		const { stdout } = await run("tar", ["-tzf", tarball(name)]);
		const files = stdout.trim().split("\n");
		const surprising = files.filter(
			(file) =>
				!/^package\/(package\.json|LICENSE|README\.md|CHANGELOG\.md|dist\/.+\.(js|d\.ts))$/.test(file),
		);
		expect(surprising).toEqual([]);
		expect(files).toEqual(expect.arrayContaining(["package/LICENSE", "package/README.md"]));
	});

	it("depends on versions, not on a workspace", async ({ expect }) => {
		const { stdout } = await run("tar", ["-xzOf", tarball(name), "package/package.json"]);
		const shipped: Manifest = JSON.parse(stdout);
		const ranges = Object.values({ ...shipped.dependencies, ...shipped.peerDependencies });
		expect(ranges.filter((range) => !/^[\^~>=]*\d/.test(range))).toEqual([]);
		expect(Object.keys(shipped.dependencies ?? {}).sort()).toEqual(
			Object.keys(manifest.dependencies ?? {}).sort(),
		);
	});
});

describe.concurrent.each(published)("$name, as it is built", (one) => {
	const specifiers = specifiersOf(one);

	it.each(specifiers)("can be required as %s", async (specifier) => {
		const program = `console.log(Object.keys(require(${JSON.stringify(specifier)})).length)`;
		const { stdout } = await run(process.execPath, ["-e", program], { cwd: one.folder });
		expect(Number(stdout)).toBeGreaterThan(0);
	});

	it.each(specifiers)("does nothing when %s is imported", async (specifier) => {
		await using script = runScript(importAndObserve(specifier), { cwd: one.folder });
		const { code, stdout, stderr } = await script.exited;
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		const { before, after, environmentReads } = JSON.parse(stdout);
		expect(after).toEqual(before);
		expect(environmentReads).toEqual([]);
	});
});

describe.concurrent.each(published)(
	"$name, installed alone from its tarball",
	{ timeout: 120_000 },
	(one) => {
		it("is imported by each of its names and does its work", async ({ expect }) => {
			const { folder } = await installed(one.name);
			const { program, expected } = firstUse(one.name);
			const place = { folder, port: await freePortTriple(), engine: realEnginePath() };
			const unused = specifiersOf(one).filter((specifier) => !program.includes(`from "${specifier}"`));
			expect(unused).toEqual([]);
			await using script = runScript(PROGRAM_START + program, {
				cwd: folder,
				args: [JSON.stringify(place)],
				env: { HOME: folder, TMPDIR: folder },
			});
			const { stdout, stderr } = await script.exited;
			expect(stderr).toBe("");
			expect(JSON.parse(stdout)).toEqual(expected);
		});

		it("brings what the README's table says", async ({ expect }) => {
			const { thirdParty, sizeBytes } = await installed(one.name);
			const row = readmeRow(await readFile(path.join(root, "README.md"), "utf8"), one.name);
			const rounded = Math.ceil(sizeBytes / 1000 / SIZE_STEP_KB) * SIZE_STEP_KB;
			// A package that shrinks a little, or grew to just below a step, is no reason to write another number.
			const isRight = row.kilobytes * 1000 >= sizeBytes && row.kilobytes <= rounded + SIZE_STEP_KB;
			expect(row).toEqual({
				thirdParty: thirdParty.join(", ") || "none",
				kilobytes: isRight ? row.kilobytes : rounded,
			});
		});
	},
);

it("is installed as a whole by npm, which brings no optional peer", async () => {
	const { thirdParty, folder: source } = await installed("engine-manager-cli");
	const folder = path.join(temporary.path, "npm");
	await mkdir(folder);
	await writeFile(path.join(folder, "package.json"), '{ "private": true }');
	const outside = thirdParty.map((name) => realpathSync(path.join(source, "node_modules", name)));
	const flags = ["--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"];
	const cache = path.join(temporary.path, "npm cache");
	const tarballs = [...packed.values()].map((one) => one.tarball);
	const args = ["install", ...tarballs, ...outside, ...flags, "--no-update-notifier"];
	await run("npm", [...args, "--cache", cache], { cwd: folder });
	const lock = JSON.parse(await readFile(path.join(folder, "node_modules/.package-lock.json"), "utf8"));
	const names = Object.keys(lock.packages).map((place) =>
		place.slice(place.lastIndexOf("node_modules/") + 13),
	);
	expect(names.sort()).toEqual([...packed.keys(), ...thirdParty].sort());
}, 60_000);

/** Each package is installed once, however many tests look at it. */
async function installed(name: string): Promise<InstalledPackage> {
	const known = installations.get(name);
	if (known !== undefined) return await known;
	const installation = installPacked(`@rivetkit/${name}`, packed, path.join(temporary.path, name));
	installations.set(name, installation);
	return await installation;
}

function tarball(name: string): string {
	return packed.get(`@rivetkit/${name}`)?.tarball ?? "";
}

function firstUse(name: string): FirstUse {
	const use = FIRST_USES[name];
	if (use === undefined) throw new Error(`test/support/first-uses.ts does not say how ${name} is used.`);
	return use;
}

/** The last two columns of a package's row in the README's table. */
function readmeRow(
	readme: string,
	name: string,
): { readonly thirdParty: string; readonly kilobytes: number } {
	const row = readme.split("\n").find((line) => line.startsWith(`| [\`${name}\`]`));
	const [thirdParty = "", kilobytes = ""] = row?.split("|").slice(3, 5) ?? [];
	return { thirdParty: thirdParty.trim(), kilobytes: Number(kilobytes) };
}

/** State that a library could leave behind in the process that imports it. */
function importAndObserve(specifier: string): string {
	return `
		const { env } = process;
		const stacks = [];
		Object.defineProperty(process, "env", { get: () => (stacks.push(new Error().stack), env) });
		const observe = async () => {
			// Node still closes the file of the module that it has loaded last; what stays open would time out.
			while (process.getActiveResourcesInfo().some((kind) => kind.startsWith("FSReq") || kind === "CloseReq")) {
				await new Promise((resolve) => setImmediate(resolve));
			}
			return {
				listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
				resources: process.getActiveResourcesInfo(),
				globals: Reflect.ownKeys(globalThis).map(String),
			};
		};
		const before = await observe();
		await import(${JSON.stringify(specifier)});
		const after = await observe();
		// Node itself reads variables while it loads modules.
		const environmentReads = stacks.filter((stack) => stack.includes("/dist/"));
		console.log(JSON.stringify({ before, after, environmentReads }));
	`;
}
