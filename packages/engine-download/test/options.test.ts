import { silentLogger } from "@rivetkit/engine-core";
import { expectEngineError, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { downloadEngine, listEngines, lookAtRelease, pruneEngines } from "../src/index.ts";
import { artifactName } from "../src/places/artifact.ts";
import { checksumForArtifact, parseSha256Sums } from "../src/verification/sha256sums.ts";
import { sha256File, verifyFile } from "../src/verification/verify.ts";

/** Calls a function as JavaScript may, with anything, and gives back what it rejects with or throws. */
type CarelessCall = (options: unknown) => Promise<unknown>;

function careless(call: (options: never) => unknown): CarelessCall {
	return async (options) => await call(options as never);
}

const SHA256 = "ab".repeat(32);
const request = { version: "2.3.19", storageRoot: "/nowhere", releasesEndpoint: "/nowhere" };
const look = { version: "2.3.19", releasesEndpoint: "/nowhere", environment: {} };
const artifact = { component: "engine", platform: "linux", arch: "x64" };

const functions: readonly (readonly [string, CarelessCall, object])[] = [
	["downloadEngine", careless(downloadEngine), request],
	["lookAtRelease", careless(lookAtRelease), look],
	["listEngines", careless((options) => listEngines("/nowhere", options)), {}],
	["pruneEngines", careless(pruneEngines), { storageRoot: "/nowhere", keep: 1 }],
	["sha256File", careless((options) => sha256File("/nowhere", options)), {}],
	["verifyFile", careless((options) => verifyFile("/nowhere", SHA256, options)), {}],
	["artifactName", careless(artifactName), artifact],
];

describe.each(functions)("B3 %s", (_, call, right) => {
	test("refuses an option that it does not know", async () => {
		const error = await expectEngineError(call({ ...right, singal: undefined }), "invalid_option");
		expect(error.message).toBe("Option 'singal' is unknown.");
		expect(error.metadata["option"]).toBe("singal");
	});

	test.each([[null], ["2.3.19"], [7], [[]]])("refuses %j in the place of its options", async (options) => {
		const error = await expectEngineError(call(options), "invalid_option");
		expect(error.metadata["option"]).toBe("options");
	});
});

const url = "https://releases.rivet.dev";
const noLogger = { ...silentLogger, warn: undefined };

describe.each<[string, CarelessCall, object, readonly (readonly [string, unknown])[]]>([
	[
		"downloadEngine",
		careless(downloadEngine),
		request,
		[
			["version", undefined],
			["version", 2],
			["component", 7],
			["platform", 7],
			["arch", null],
			["storageRoot", 7],
			["storageRoot", ""],
			["storageRoot", "/srv/\0"],
			["destination", 7],
			["destination", ""],
			["destination", new URL("file:///srv")],
			["releasesEndpoint", 7],
			["releasesEndpoint", [url, 7]],
			["releasesEndpoint", "/srv/\0"],
			["releasesEndpoint", "file:///srv/%00"],
			["releasesEndpoint", new URL(url)],
			["sha256", 7],
			["sha256", [SHA256]],
			["unsafelyAllowHttp", "false"],
			["environment", "HTTPS_PROXY=http://p"],
			["environment", { NO_PROXY: 7 }],
			["onProgress", {}],
			["signal", {}],
			["signal", new AbortController()],
			["logger", noLogger],
			["logger", "pino"],
		],
	],
	[
		"lookAtRelease",
		careless(lookAtRelease),
		look,
		[
			["version", undefined],
			["releasesEndpoint", undefined],
			["releasesEndpoint", [url]],
			["environment", undefined],
			["unsafelyAllowHttp", 1],
			["asks", 1],
			["signal", {}],
		],
	],
	[
		"pruneEngines",
		careless(pruneEngines),
		{ storageRoot: "/nowhere", keep: 1 },
		[
			["storageRoot", undefined],
			["storageRoot", 7],
			["keep", undefined],
			["keep", "1"],
			["keep", 1n],
			["signal", {}],
		],
	],
	["listEngines", careless((options) => listEngines("/nowhere", options)), {}, [["signal", {}]]],
	["sha256File", careless((options) => sha256File("/nowhere", options)), {}, [["signal", {}]]],
	[
		"artifactName",
		careless(artifactName),
		artifact,
		[
			["component", undefined],
			["platform", undefined],
			["arch", Symbol("x64")],
		],
	],
])("B3 %s refuses a value of the wrong type", (_, call, right, wrong) => {
	test.each(wrong)("%s: %o", async (option, value) => {
		const error = await expectEngineError(call({ ...right, [option]: value }), "invalid_option");
		expect(error.metadata["option"]).toBe(option);
		expect(error.message).toMatch(new RegExp(`^Option '${option}' (must be|contains) .*\\.$`));
	});
});

describe("B3 an argument of the wrong type is refused by its name", () => {
	test.each<[string, CarelessCall]>([
		["storageRoot", careless(listEngines)],
		["file", careless(sha256File)],
		["file", careless((file) => verifyFile(file, SHA256))],
		["expectedSha256", careless((sha256) => verifyFile("/nowhere", sha256))],
		["text", careless(parseSha256Sums)],
		["text", careless((text) => checksumForArtifact(text, "rivet-engine"))],
		["artifact", careless((name) => checksumForArtifact("", name))],
	])("%s", async (option, call) => {
		for (const value of [undefined, null, 7, {}, [SHA256], Symbol("x")]) {
			const error = await expectEngineError(call(value), "invalid_option");
			expect(error.metadata["option"]).toBe(option);
		}
	});
});

test("B3 options that are undefined count as left out", async () => {
	await using root = await temporaryStorageRoot();
	const { storageRoot } = root;
	expect(await listEngines(storageRoot, { signal: undefined })).toEqual([]);
	expect(await pruneEngines({ storageRoot, keep: 0, signal: undefined })).toMatchObject({ removed: [] });
	const looked = { ...look, unsafelyAllowHttp: undefined, asks: undefined, signal: undefined };
	expect(await lookAtRelease(looked)).toMatchObject({ kind: "folder" });
});

test("B3 a wrong value is not shown, as it may be a secret", async () => {
	const error = await expectEngineError(
		careless(downloadEngine)({ ...request, releasesEndpoint: "https://ann:s3cret@releases.test/\0" }),
		"invalid_option",
	);
	expect(error.message).not.toContain("s3cret");
});
