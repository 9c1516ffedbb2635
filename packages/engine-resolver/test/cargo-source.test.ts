import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { EngineHealth } from "@rivetkit/engine-core";
import {
	createFakeEngine,
	expectEngineError,
	type FakeEngine,
	type TemporaryFolder,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resolveEngine, resolveEnginePath } from "../src/index.ts";
import { configured, npmTree } from "./trees.ts";

describe("B13 a Cargo build", () => {
	let folder: TemporaryFolder;
	let project: string;
	const engines: FakeEngine[] = [];

	beforeEach(async () => {
		folder = await temporaryFolder();
		project = path.join(folder.path, "rivet");
	});
	afterEach(async () => {
		await Promise.all(engines.splice(0).map((engine) => engine[Symbol.asyncDispose]()));
		await folder[Symbol.asyncDispose]();
	});

	async function build(root: string, profile: "debug" | "release", version: string): Promise<string> {
		const engine = await createFakeEngine({ version }, { folder: path.join(root, "target", profile) });
		engines.push(engine);
		return engine.path;
	}

	test("is not looked for unless `cargoRoot` is given", async () => {
		await build(project, "debug", "9.0.0");
		const error = await expectEngineError(resolveEnginePath(configured(project)), "binary_unavailable");
		expect(error.metadata.declined).not.toContainEqual(expect.objectContaining({ source: "cargo" }));
	});

	test("is used even if another version is wanted, the debug build first", async () => {
		const release = await build(project, "release", "9.0.1");
		const configuration = configured("/", { cargoRoot: project });
		expect(await resolveEnginePath(configuration)).toMatchObject({
			path: release,
			source: "cargo",
			version: "9.0.1",
		});
		const debug = await build(project, "debug", "9.0.2");
		expect(await resolveEnginePath(configuration)).toMatchObject({ path: debug, version: "9.0.2" });
	});

	test("in the nearest folder is used, even if a folder further up has a debug build", async () => {
		await build(project, "debug", "9.0.3");
		const near = await build(path.join(project, "engine"), "release", "9.0.4");
		const below = path.join(project, "engine", "src", "deep");
		expect(await resolveEnginePath(configured("/", { cargoRoot: below }))).toMatchObject({ path: near });
	});

	test("is looked for from a folder that is relative to the working directory", async () => {
		const file = await build(project, "debug", "9.0.5");
		for (const cargoRoot of [".", "engine/..", "no such folder"]) {
			expect(await resolveEnginePath(configured(project, { cargoRoot }))).toMatchObject({ path: file });
		}
	});

	test("that cannot be run is an error that names the option", async () => {
		const file = await build(project, "release", "9.0.6");
		const debug = path.join(project, "target", "debug", path.basename(file));
		await mkdir(path.dirname(debug));
		await writeFile(debug, "");
		const resolving = resolveEnginePath(configured(project, { cargoRoot: "." }));
		const error = await expectEngineError(resolving, "binary_not_executable");
		expect(error.metadata).toMatchObject({
			path: debug,
			origin: "cargo",
			hint: expect.stringContaining("`cargoRoot`"),
		});
	});

	test("that is missing declines, with the first folder that was searched", async () => {
		const resolving = resolveEnginePath(configured(folder.path, { cargoRoot: "rivet" }));
		const error = await expectEngineError(resolving, "binary_unavailable");
		const debug = path.join(project, "target", "debug");
		expect(error.metadata.declined).toContainEqual({
			source: "cargo",
			reason: `there is no build in '${debug}', in 'release' beside it, or in a folder above '${project}'`,
		});
	});

	test("B11 counts before the npm package, after a named path and an engine that runs", async () => {
		const file = await build(project, "debug", "9.0.7");
		await using npm = await npmTree(project, "9.0.8");
		const configuration = configured(project, { cargoRoot: ".", version: "9.0.8" });
		expect(await resolveEnginePath(configuration)).toMatchObject({ path: file, source: "cargo" });
		const named = { ...configuration, binaryPath: npm.path };
		expect(await resolveEnginePath(named)).toMatchObject({ path: npm.path, source: "option" });
		const health: EngineHealth = {
			runtime: "engine",
			status: "ok",
			version: "9.0.9",
			architecture: undefined,
		};
		const probe = async () => health;
		expect(await resolveEngine(configuration, { probe })).toEqual({ kind: "existing", health });
	});
});
