import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { freePortTriple, runScript, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { stopEngine } from "../packages/engine-manager/src/index.ts";
import { root } from "./support/workspace.ts";

const built = pathToFileURL(path.join(root, "packages/engine-manager/dist/index.js")).href;
const recorder = new URL("./support/record-modules.mjs", import.meta.url).href;

/** A host as a user writes it, with the built package. */
const HOST = `
	import { createRequire } from "node:module";
	const { startOrReuse } = await import(${JSON.stringify(built)});
	const engine = await startOrReuse(JSON.parse(process.argv[1]));
	await engine[Symbol.asyncDispose]();
	const required = Object.keys(createRequire(import.meta.url).cache);
	console.log(JSON.stringify({ kind: engine.startup.kind, required }));
`;

/** A program that imports the facade and does nothing with it. */
const IMPORT = `await import(${JSON.stringify(built)}); console.log("{}");`;

/** The packages that a reuse loads. None of them brings a third-party module. */
const WARM = [
	"engine-core",
	"engine-health",
	"engine-config",
	"engine-instances",
	"engine-lifecycle",
	"engine-manager",
];

/** The comparison of versions, in which the build has copied a third-party package. */
const COMPARISON = "/engine-core/dist/version.js";

it("reuses an engine with what looks and decides, and loads nothing that finds, fetches, spawns or asks the system", async () => {
	await using storage = await temporaryStorageRoot();
	const record = path.join(storage.path, "modules.jsonl");
	const options = {
		endpoint: `http://127.0.0.1:${await freePortTriple()}`,
		storageRoot: storage.storageRoot,
		telemetry: false,
	};
	try {
		const place = { TMPDIR: storage.path };
		expect(await runHost(options, place)).toMatchObject({ kind: "spawned" });
		expect(await runHost(options, { ...place, ...recordingTo(record) })).toEqual({
			kind: "reused",
			required: [],
		});
	} finally {
		await stopEngine(options);
	}

	await expectWarm(record);
});

it("imports the facade with the same packages and no others", async () => {
	await using storage = await temporaryStorageRoot();
	const record = path.join(storage.path, "modules.jsonl");
	await runHost({}, recordingTo(record), IMPORT);
	await expectWarm(record);
});

async function expectWarm(record: string): Promise<void> {
	const text = await readFile(record, "utf8");
	const modules = text
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	const allowed = WARM.map((name) => folderUrl(`packages/${name}/dist`));
	const superfluous = modules.filter(
		({ url }) =>
			!url.startsWith(recorder) &&
			url.startsWith("file:") &&
			(url.endsWith(COMPARISON) || !allowed.some((folder) => url.startsWith(folder))),
	);
	expect(superfluous.map(({ url, parent }) => `${url}, imported by ${parent}`)).toEqual([]);
	expect(modules.map(({ url }) => url)).toContain(built);
}

/** The variable that makes Node note every module that it resolves. */
function recordingTo(file: string): Readonly<Record<string, string>> {
	return { NODE_OPTIONS: `--import=${recorder}?to=${encodeURIComponent(file)}` };
}

async function runHost(
	options: unknown,
	env: Readonly<Record<string, string>>,
	program: string = HOST,
): Promise<unknown> {
	await using host = runScript(program, { cwd: root, args: [JSON.stringify(options)], env });
	const { stdout, stderr } = await host.exited;
	expect(stderr).toBe("");
	return JSON.parse(stdout);
}

function folderUrl(relative: string): string {
	return `${pathToFileURL(path.join(root, relative)).href}/`;
}
