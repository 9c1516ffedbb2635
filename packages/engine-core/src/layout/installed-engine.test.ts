import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engineOfRivetkit, findInstalledEngine, findPackage } from "./installed-engine.ts";

describe("B11 the npm package of the engine", () => {
	let folder: TemporaryFolder;
	let app: string;

	beforeEach(async () => {
		folder = await temporaryFolder();
		app = path.join(folder.path, "workspace", "app");
		await mkdir(app, { recursive: true });
	});
	afterEach(async () => {
		await folder[Symbol.asyncDispose]();
	});

	test("is found among the dependencies of the working directory", async () => {
		const installed = await install(app, "@rivetkit/engine-cli", "2.3.19");
		expect(findInstalledEngine(app)).toEqual({
			folder: installed,
			packageVersion: "2.3.19",
		});
	});

	test("is found from a folder below, in the nearest node_modules", async () => {
		await install(path.dirname(app), "@rivetkit/engine-cli", "1.0.0");
		const nearest = await install(app, "@rivetkit/engine-cli", "2.0.0");
		const below = path.join(app, "src", "deep");
		await mkdir(below, { recursive: true });
		expect(findInstalledEngine(below)).toMatchObject({ folder: nearest, packageVersion: "2.0.0" });
	});

	test("is found if npm has put it beside rivetkit", async () => {
		await install(app, "rivetkit", "2.3.19");
		await install(app, "@rivetkit/engine-cli", "2.3.18");
		expect(findInstalledEngine(app)).toMatchObject({ packageVersion: "2.3.18" });
	});

	test("is found through rivetkit if npm has put it below rivetkit", async () => {
		const rivetkit = await install(app, "rivetkit", "2.3.19");
		const installed = await install(rivetkit, "@rivetkit/engine-cli", "2.3.17");
		expect(findInstalledEngine(app)).toEqual({
			folder: installed,
			packageVersion: "2.3.17",
		});
	});

	test("is found through rivetkit in pnpm's tree of links", async () => {
		const store = path.join(app, "node_modules", ".pnpm");
		const rivetkit = await install(path.join(store, "rivetkit@2.3.19"), "rivetkit", "2.3.19");
		const engine = await install(
			path.join(store, "@rivetkit+engine-cli@2.3.19"),
			"@rivetkit/engine-cli",
			"2.3.19",
		);
		await link(engine, path.join(store, "rivetkit@2.3.19", "node_modules", "@rivetkit", "engine-cli"));
		await link(rivetkit, path.join(app, "node_modules", "rivetkit"));
		expect(findInstalledEngine(app)).toEqual({
			folder: engine,
			packageVersion: "2.3.19",
		});
	});

	test("of rivetkit can differ from the directly installed package", async () => {
		const rivetkit = await install(app, "rivetkit", "2.3.19");
		const own = await install(app, "@rivetkit/engine-cli", "2.3.17");
		const brought = await install(rivetkit, "@rivetkit/engine-cli", "2.3.19");
		expect(engineOfRivetkit(app)).toEqual({
			folder: brought,
			packageVersion: "2.3.19",
		});
		expect(findInstalledEngine(app)).toEqual({
			folder: own,
			packageVersion: "2.3.17",
		});
	});

	test("of rivetkit is the package beside rivetkit if both share it in npm's tree", async () => {
		await install(app, "rivetkit", "2.3.19");
		const shared = await install(app, "@rivetkit/engine-cli", "2.3.18");
		expect(engineOfRivetkit(app)).toEqual({
			folder: shared,
			packageVersion: "2.3.18",
		});
	});

	test("of rivetkit is not found without rivetkit, even if the engine's package is installed", async () => {
		await install(app, "@rivetkit/engine-cli", "2.3.19");
		expect(engineOfRivetkit(app)).toBeUndefined();
	});

	test("is undefined if nothing is installed", async () => {
		await install(app, "rivetkit", "2.3.19");
		expect(findInstalledEngine(app)).toBeUndefined();
		expect(engineOfRivetkit(app)).toBeUndefined();
		expect(findInstalledEngine(path.join(app, "no", "such", "folder"))).toBeUndefined();
	});

	test.each([
		["not JSON", "{"],
		["null", "null"],
		["without a version", "{}"],
		["with a version that is no text", '{"version":2}'],
	])("is ignored if its manifest is %s", async (_, manifest) => {
		const next = await install(path.dirname(app), "@rivetkit/engine-cli", "2.3.19");
		await install(app, "@rivetkit/engine-cli", "0.0.0", manifest);
		expect(findInstalledEngine(app)).toMatchObject({ folder: next });
	});

	test("is ignored if its link is broken", async () => {
		await link(path.join(folder.path, "gone"), path.join(app, "node_modules", "@rivetkit", "engine-cli"));
		expect(findInstalledEngine(app)).toBeUndefined();
	});

	test("is found like every other package, with or without a scope", async () => {
		await install(app, "rivetkit", "2.3.17");
		expect(findPackage(app, ["rivetkit"])).toMatchObject({ packageVersion: "2.3.17" });
		expect(findPackage(app, ["@rivetkit", "rivetkit"])).toBeUndefined();
	});
});

async function install(
	into: string,
	name: string,
	version: string,
	manifest = JSON.stringify({ name, version }),
): Promise<string> {
	const folder = path.join(into, "node_modules", name);
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, "package.json"), manifest);
	return folder;
}

async function link(target: string, at: string): Promise<void> {
	await mkdir(path.dirname(at), { recursive: true });
	await symlink(target, at, "dir");
}
