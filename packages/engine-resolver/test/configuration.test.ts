import path from "node:path";
import { engineArtifactName } from "@rivetkit/engine-core";
import { expectEngineError, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	checkNamedBinary,
	type EngineResolverConfiguration,
	explainSources,
	type ResolveOptions,
	resolveEngine,
	resolveEnginePath,
} from "../src/index.ts";
import { addCached, addPackage, configured, NO_SUCH_VERSION, npmTree, versionScript } from "./trees.ts";

const probe = async (): Promise<undefined> => undefined;

type Call = (configuration: EngineResolverConfiguration, options?: object) => Promise<unknown>;

const FUNCTIONS: readonly (readonly [string, Call])[] = [
	["resolveEngine", (configuration, options) => resolveEngine(configuration, { probe, ...options })],
	["resolveEnginePath", (configuration, options) => resolveEnginePath(configuration, options)],
	["explainSources", (configuration, options) => explainSources(configuration, options)],
	["checkNamedBinary", (configuration) => checkNamedBinary(configuration)],
];

describe("B11 a search with nothing given but the environment variables", () => {
	test("finds the npm package for the working directory, in any version", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "7.0.1");
		const found = await resolveEnginePath({ cwd: folder.path, environment: { PATH: process.env.PATH } });
		expect(found).toMatchObject({ path: engine.path, source: "npm", version: "7.0.1" });
	});

	test("looks in the cache of the home folder for the version of the installed package", async () => {
		await using folder = await temporaryFolder();
		await addPackage(
			path.join(folder.path, "node_modules/@rivetkit/engine-cli"),
			"@rivetkit/engine-cli",
			NO_SUCH_VERSION,
		);
		const environment = { PATH: process.env.PATH, HOME: folder.path };
		const file = await addCached(configured(folder.path), versionScript("7.0.2"));
		expect(path.basename(file)).toBe(engineArtifactName(process.platform, process.arch));
		const found = await resolveEnginePath({ cwd: folder.path, environment });
		expect(found).toMatchObject({ path: file, source: "cache", version: "7.0.2" });
	});

	test("treats a given version as asked for, unless `versionIsExplicit` is false", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "7.0.3");
		const configuration = {
			cwd: folder.path,
			version: NO_SUCH_VERSION,
			environment: { PATH: process.env.PATH, HOME: folder.path },
		};
		await expectEngineError(resolveEnginePath(configuration), "binary_unavailable");
		expect(await resolveEnginePath({ ...configuration, versionIsExplicit: false })).toMatchObject({
			path: engine.path,
		});
	});

	test("fetches nothing", async () => {
		await using folder = await temporaryFolder();
		const configuration = {
			cwd: folder.path,
			version: NO_SUCH_VERSION,
			environment: { HOME: folder.path },
		};
		const fetch = async (): Promise<never> => {
			throw new Error("it was fetched");
		};
		await expectEngineError(resolveEnginePath(configuration, { fetch }), "binary_unavailable");
	});
});

describe.each(FUNCTIONS)("%s", (_, call) => {
	test.each<[string, object, string]>([
		["is missing", { environment: undefined }, "'environment' must be an object of environment variables"],
		["is unknown", { binary: "/bin/true" }, "'binary' is unknown"],
		["is no text", { cwd: 7 }, "'cwd' must be a string that is neither empty nor contains NUL"],
		["is empty", { version: "" }, "'version' must be a string that is neither empty nor contains NUL"],
		["contains NUL", { binaryPath: "a\0" }, "'binaryPath' must be a string that is neither"],
		["is no boolean", { autoDownload: "yes" }, "'autoDownload' must be true or false"],
	])("refuses a setting that %s", async (_case, changes, message) => {
		await using folder = await temporaryFolder();
		const configuration = { ...configured(folder.path), ...changes } as EngineResolverConfiguration;
		const error = await expectEngineError(call(configuration), "invalid_option");
		expect(error.message).toContain(`Option ${message}`);
	});
});

describe("an option that is not known", () => {
	test.each(FUNCTIONS.slice(0, 3))("is refused by %s", async (_, call) => {
		await using folder = await temporaryFolder();
		const resolving = call(configured(folder.path), { timeout: 1 });
		const error = await expectEngineError(resolving, "invalid_option");
		expect(error.message).toBe("Option 'timeout' is unknown.");
	});

	test("is not `probe`, which resolveEngine must be given", async () => {
		await using folder = await temporaryFolder();
		const options = {} as ResolveOptions & { readonly probe: typeof probe };
		const error = await expectEngineError(resolveEngine(configured(folder.path), options), "invalid_option");
		expect(error.metadata).toMatchObject({ option: "probe" });
	});
});
