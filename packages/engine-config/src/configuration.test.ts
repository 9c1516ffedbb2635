import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";
import { expectEngineError, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { readEngineConfiguration } from "./configuration.ts";
import type { EngineOptions } from "./engine-options.ts";
import { describeOrigin } from "./setting.ts";

/** A folder without packages above it, so that the default version is the tested version. */
const NOWHERE = "/nowhere";

async function read(options: EngineOptions = {}, environment: Environment = {}) {
	return await readEngineConfiguration(options, environment, NOWHERE);
}

describe("B1 B2 B5 B7 options and environment variables", () => {
	it("have defaults", async () => {
		const configuration = await read({}, { HOME: "/home/somebody" });
		expect(configuration).toMatchObject({
			endpoint: { value: { url: "http://127.0.0.1:6420" }, origin: { kind: "default" } },
			spawn: { value: "auto" },
			binaryPath: { value: undefined },
			version: { value: "2.3.19", origin: { kind: "default" } },
			autoDownload: { value: false },
			releasesEndpoint: { value: ["https://releases.rivet.dev"] },
			storageRoot: { value: "/home/somebody/.rivetkit", origin: { kind: "variable", name: "HOME" } },
			preset: { value: "local-dev" },
			telemetry: { value: undefined },
			onVersionMismatch: { value: "warn" },
			startTimeoutMs: { value: 30_000 },
		});
	});

	it.each<[keyof Awaited<ReturnType<typeof read>>, string, string, unknown]>([
		["version", "RIVETKIT_ENGINE_VERSION", "2.3.11", "2.3.11"],
		["version", "RIVET_RUN_ENGINE_VERSION", "2.3.11", "2.3.11"],
		[
			"releasesEndpoint",
			"RIVETKIT_ENGINE_RELEASES_ENDPOINT",
			"https://a.example  file:///b",
			["https://a.example", "file:///b"],
		],
		["spawn", "RIVETKIT_ENGINE_SPAWN", "never", "never"],
		["autoDownload", "RIVETKIT_ENGINE_AUTO_DOWNLOAD", "yes", true],
		["autoDownload", "RIVETKIT_ENGINE_AUTO_DOWNLOAD", "TRUE", true],
		["autoDownload", "RIVETKIT_ENGINE_AUTO_DOWNLOAD", "0", false],
		["telemetry", "DO_NOT_TRACK", "1", false],
		["bindHost", "RIVET_RUN_ENGINE_HOST", "0.0.0.0", "0.0.0.0"],
		["bindPort", "RIVET_RUN_ENGINE_PORT", "7000", 7000],
	])("%s is read from %s=%s, with the variable as its origin", async (key, name, text, value) => {
		const configuration = await read({}, { [name]: text });
		expect(configuration[key]).toEqual({ value, origin: { kind: "variable", name } });
	});

	it.each([
		["version", "RIVETKIT_ENGINE_VERSION"],
		["releasesEndpoint", "RIVETKIT_ENGINE_RELEASES_ENDPOINT"],
		["spawn", "RIVETKIT_ENGINE_SPAWN"],
		["autoDownload", "RIVETKIT_ENGINE_AUTO_DOWNLOAD"],
		["bindPort", "RIVET_RUN_ENGINE_PORT"],
		["endpoint", "RIVET_ENDPOINT"],
	] as const)("%s ignores an empty %s", async (key, name) => {
		const [unset, empty] = [await read(), await read({}, { [name]: "" })];
		expect(empty[key]).toEqual(unset[key]);
	});

	it("override environment variables, and the first of two variables overrides the second", async () => {
		const environment = {
			RIVET_ENGINE: "http://127.0.0.1:7001",
			RIVET_ENDPOINT: "http://127.0.0.1:7002",
			RIVETKIT_ENGINE_VERSION: "1.0.0",
			RIVET_RUN_ENGINE_VERSION: "2.0.0",
		};
		const fromVariables = await read({}, environment);
		expect(fromVariables.endpoint).toMatchObject({ value: { port: 7001 }, origin: { name: "RIVET_ENGINE" } });
		expect(fromVariables.version).toMatchObject({ value: "1.0.0" });
		const fromOptions = await read({ endpoint: "http://127.0.0.1:7003", version: "3.0.0" }, environment);
		expect(fromOptions.endpoint).toMatchObject({
			value: { port: 7003 },
			origin: { kind: "option", name: "endpoint" },
		});
		expect(describeOrigin(fromOptions.version.origin)).toBe("option `version`");
	});

	it("are not changed by the call, and may be frozen", async () => {
		const options = Object.freeze({
			env: Object.freeze({ A: "1" }),
			releasesEndpoint: Object.freeze(["https://a.example"]),
		});
		await expect(read(options, Object.freeze({ RIVET_ENGINE: "http://127.0.0.1:1" }))).resolves.toBeDefined();
	});
});

describe("B2 the default version", () => {
	async function installed(folder: string, name: string, version: string): Promise<string> {
		const target = path.join(folder, "node_modules", name);
		await mkdir(target, { recursive: true });
		await writeFile(path.join(target, "package.json"), JSON.stringify({ name, version }));
		return target;
	}

	it("is the version of the engine package that the project's rivetkit depends on", async () => {
		await using folder = await temporaryFolder();
		const rivetkit = await installed(folder.path, "rivetkit", "2.3.17");
		await installed(rivetkit, "@rivetkit/engine-cli", "2.3.17");
		const { version } = await readEngineConfiguration({}, {}, path.join(folder.path, "packages", "app"));
		expect(version).toEqual({ value: "2.3.17", origin: { kind: "default" } });
	});

	it("is the version of the project's own engine package, if there is one", async () => {
		await using folder = await temporaryFolder();
		const rivetkit = await installed(folder.path, "rivetkit", "2.3.17");
		await installed(rivetkit, "@rivetkit/engine-cli", "2.3.17");
		await installed(folder.path, "@rivetkit/engine-cli", "2.3.11");
		expect((await readEngineConfiguration({}, {}, folder.path)).version.value).toBe("2.3.11");
	});
});

describe("B3 B29 the storage root and the instance", () => {
	it.each<[EngineOptions, Environment, string]>([
		[{}, { RIVETKIT_STORAGE_PATH: "/data", HOME: "/home/somebody" }, "/data/.rivetkit"],
		[{}, { RIVETKIT_STORAGE_PATH: "relative" }, "/nowhere/relative/.rivetkit"],
		[{ storageRoot: "own/.rivetkit" }, { RIVETKIT_STORAGE_PATH: "/data" }, "/nowhere/own/.rivetkit"],
	])("%j with %j is %s", async (options, environment, root) => {
		const configuration = await read(options, environment);
		expect(configuration.storageRoot.value).toBe(root);
		expect(configuration.target.layout.databasePath).toBe(`${root}/var/engine/db`);
	});

	it("put a named instance below the storage root, and leave an instance's folder where it is", async () => {
		const named = await read({ storageRoot: "/data/.rivetkit", instancePath: "second" });
		expect(named.target.layout).toMatchObject({
			databasePath: "/data/.rivetkit/var/engine/instances/second/db",
			logsFolder: "/data/.rivetkit/var/engine/instances/second/logs",
		});
		const folder = await read({ storageRoot: "/data/.rivetkit", instancePath: "./here" });
		expect(folder.target.layout.folder).toBe("/nowhere/here");
	});
});

describe("B4 the endpoint", () => {
	it.each<[EngineOptions, Environment, string]>([
		[{ bindHost: "0.0.0.0" }, {}, "http://0.0.0.0:6420"],
		[{ bindPort: 7000 }, {}, "http://127.0.0.1:7000"],
		[{ bindHost: "::1", bindPort: 7000 }, {}, "http://[::1]:7000"],
		[{ bindPort: 7000, endpoint: "http://localhost:8000" }, {}, "http://localhost:8000"],
		[{}, { RIVET_RUN_ENGINE_HOST: "127.0.0.2", RIVET_RUN_ENGINE_PORT: "7000" }, "http://127.0.0.2:7000"],
	])("from %j and %j is %s", async (options, environment, url) => {
		expect((await read(options, environment)).endpoint.value.url).toBe(url);
	});

	it("B10 does not show its token in a printed configuration", async () => {
		const configuration = await read({ endpoint: "http://space:secret@127.0.0.1:6420" });
		expect(configuration.endpoint.value.credentials).toEqual({ namespace: "space", token: "secret" });
		expect(JSON.stringify(configuration)).not.toContain("secret");
		expect(configuration.environment).toEqual({});
		expect(Object.keys(configuration)).not.toContain("environment");
	});
});

describe("an invalid value", () => {
	it.each<[Record<string, unknown>, RegExp]>([
		[{ bindprot: 1 }, /^Option 'bindprot' is unknown\.$/],
		[{ startTimeoutMs: -5 }, /^Option 'startTimeoutMs' must be a number of milliseconds .* not -5\.$/],
		[{ startTimeoutMs: "5" }, /'startTimeoutMs' must be .* not '5'/],
		[{ startTimeoutMs: Number.NaN }, /not NaN/],
		[{ startTimeoutMs: 2 ** 31 }, /'startTimeoutMs'/],
		[{ bindPort: 0 }, /'bindPort' must be a port from 1 to 65535, not 0/],
		[{ bindPort: 65536 }, /'bindPort'/],
		[{ binaryPath: 7 }, /'binaryPath' must be a string/],
		[{ binaryPath: "" }, /'binaryPath'/],
		[{ spawn: "sometimes" }, /'spawn' must be one of auto, always, never, not 'sometimes'/],
		[{ onVersionMismatch: "replace" }, /'onVersionMismatch' must be one of warn, reuse, error/],
		[{ preset: "prod" }, /'preset'/],
		[{ version: "../../etc" }, /'version' must be a version/],
		[{ version: "a/b" }, /'version'/],
		[{ releasesEndpoint: "ftp://a" }, /'releasesEndpoint'/],
		[{ releasesEndpoint: [] }, /'releasesEndpoint' .* an empty array/],
		[{ releasesEndpoint: ["mirror"] }, /'releasesEndpoint' .* not 'mirror'/],
		[{ releasesEndpoint: "me:sec@ret@mirror.example" }, /not '\*\*\*@mirror\.example'/],
		[{ releasesEndpoint: "ftp://me:secret@a" }, /not 'ftp:\/\/\*\*\*@a'/],
		[{ releasesEndpoint: "ftp://me:sec ret@[a" }, /not 'ftp:\/\/\*\*\*@\[a'/],
		[{ publicUrl: "engine.example" }, /'publicUrl' must be an http or https URL/],
		[{ env: { A: 1 } }, /'env' must be an object whose values are strings/],
		[{ env: { RIVET__GUARD__PORT: "1" } }, /'env' must be without 'RIVET__GUARD__PORT' \(use `bindHost`/],
		[{ env: { rivet__file_system__path: "/x" } }, /'env' must be without/],
		[{ constructor: 1 }, /^Option 'constructor' is unknown\.$/],
		[{ storageRoot: "a\0b" }, /'storageRoot' must be a string/],
		[{ instancePath: "a b" }, /neither a name nor a folder/],
		[{ instancePath: ".." }, /neither a name nor a folder/],
		[{ config: [] }, /'config' must be an object, not an empty array/],
		[{ config: "x" }, /'config' must be an object/],
		[{ telemetry: "no" }, /'telemetry' must be true or false/],
		[{ instancePath: "" }, /'instancePath'/],
	])("%j is invalid_option, with the name of the option", async (options, message) => {
		const error = await expectEngineError(read(options as EngineOptions), "invalid_option");
		expect(error.message).toMatch(message);
		expect(error.metadata["option"]).toBe(Object.keys(options)[0]);
	});

	it.each([
		["RIVET_RUN_ENGINE_PORT", "http"],
		["RIVETKIT_ENGINE_SPAWN", "no"],
		["RIVETKIT_ENGINE_VERSION", "../x"],
		["RIVETKIT_ENGINE_RELEASES_ENDPOINT", "nonsense"],
	])("%s=%s is invalid_option, with the name of the variable", async (name, text) => {
		const error = await expectEngineError(read({}, { [name]: text }), "invalid_option");
		expect(error.message).toContain(`Variable '${name}' must be`);
	});

	it("B8 for an endpoint is invalid_endpoint, with its origin", async () => {
		await expectEngineError(read({ endpoint: "localhost:6420" }), "invalid_endpoint");
		const error = await expectEngineError(read({}, { RIVET_ENGINE: "http://" }), "invalid_endpoint");
		expect(error.message).toContain("from variable `RIVET_ENGINE`");
	});
});
