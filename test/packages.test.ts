import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { freePortTriple, runScript, type TemporaryFolder, temporaryFolder } from "@rivetkit/engine-testkit";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, assert, beforeAll, describe, expect, it } from "vitest";
import { isPublic, type Manifest, readWorkspace, root, specifiersOf } from "./support/workspace.ts";

const run = promisify(execFile);
const published = readWorkspace().filter(isPublic);
const names = published.map(({ name }) => name);

let temporary: TemporaryFolder;

beforeAll(async () => {
	temporary = await temporaryFolder("rivet packages");
	const filters = published.flatMap(({ manifest }) => ["--filter", manifest.name]);
	await run("pnpm", [...filters, "--recursive", "pack", "--pack-destination", temporary.path], { cwd: root });
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

	it("passes what `attw --profile esm-only` checks", async ({ expect }) => {
		const analysis = await checkPackage(
			createPackageFromTarballData(new Uint8Array(await readFile(tarball(name)))),
		);
		assert(analysis.types, "it has types");
		expect(analysis.problems.filter(concernsEsm)).toEqual([]);
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
		const packed: Manifest = JSON.parse(stdout);
		const ranges = Object.values({ ...packed.dependencies, ...packed.peerDependencies });
		expect(ranges.filter((range) => !/^[\^~>=]*\d/.test(range))).toEqual([]);
		expect(Object.keys(packed.dependencies ?? {}).sort()).toEqual(
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

describe.concurrent("installed by one npm i into an empty folder", () => {
	it("engine-health brings no third-party package and finds a port free", async ({ expect }) => {
		const folder = await install("health", ["engine-health", "engine-core"]);
		expect(await installedIn(folder)).toEqual(["@rivetkit/engine-core", "@rivetkit/engine-health"]);
		const endpoint = JSON.stringify(`http://127.0.0.1:${await freePortTriple()}`);
		const program = `
			import { probeEngine } from "@rivetkit/engine-health";
			console.log(JSON.stringify(await probeEngine(${endpoint})));
		`;
		expect(await output(program, folder)).toEqual({ kind: "free" });
	});

	it("engine-manager brings undici at most and tells that nothing runs", async ({ expect }) => {
		const needed = names.filter((name) => name !== "engine-manager-cli");
		const folder = await install("manager", needed);
		const thirdParty = (await installedIn(folder)).filter((name) => !name.startsWith("@rivetkit/"));
		expect(thirdParty.filter((name) => name !== "undici")).toEqual([]);
		const options = JSON.stringify({
			endpoint: `http://127.0.0.1:${await freePortTriple()}`,
			storageRoot: path.join(folder, ".rivetkit"),
		});
		const program = `
			import { engineStatus } from "@rivetkit/engine-manager";
			console.log(JSON.stringify(await engineStatus(${options})));
		`;
		expect(await output(program, folder)).toMatchObject({ kind: "not-running" });
	});
});

/** Tells the problems of users whose resolution can find a package of ES modules only, as attw's profile does. */
function concernsEsm(problem: Problem): boolean {
	return !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind));
}

function tarball(name: string): string {
	const version = published.find((one) => one.name === name)?.manifest.version;
	return path.join(temporary.path, `rivetkit-${name}-${version}.tgz`);
}

async function install(folderName: string, packages: readonly string[]): Promise<string> {
	const folder = path.join(temporary.path, folderName);
	await mkdir(folder);
	await writeFile(path.join(folder, "package.json"), '{ "private": true }');
	const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--no-update-notifier"];
	const cache = path.join(root, ".cache/npm");
	await run("npm", ["install", ...packages.map(tarball), ...flags, "--cache", cache], { cwd: folder });
	return folder;
}

async function installedIn(folder: string): Promise<readonly string[]> {
	const lock = JSON.parse(await readFile(path.join(folder, "node_modules/.package-lock.json"), "utf8"));
	return Object.keys(lock.packages).map((place) => place.slice(place.lastIndexOf("node_modules/") + 13));
}

async function output(program: string, cwd: string): Promise<unknown> {
	await using script = runScript(program, { cwd });
	const { stdout, stderr } = await script.exited;
	expect(stderr).toBe("");
	return JSON.parse(stdout);
}

/** What a library could leave behind in the process that imports it. */
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
