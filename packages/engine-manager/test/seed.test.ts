import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { engineArtifactName, engineCachePath } from "@rivetkit/engine-core";
import {
	createFakeEngine,
	expectEngineError,
	releaseFiles,
	serveRelease,
	serveRuntime,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";

const ARTIFACT = engineArtifactName(process.platform, process.arch);

function sha256Of(content: Buffer): string {
	return createHash("sha256").update(content).digest("hex");
}

// Other tests show these five behaviours with single functions; here a whole start shows them.
describe("the source of an engine", () => {
	it("B11 a running engine is reused before any binary is looked for", async () => {
		await using box = await sandbox();
		await using server = await serveRuntime("engine", { port: box.port });
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			version: "test-version",
		});
		expect(engine.startup.kind).toBe("reused");
		expect(server.requests[0]).toMatchObject({ method: "GET", url: "/health" });
	});

	it("B11 a binary that an option names comes before all other binaries", async () => {
		await using box = await sandbox();
		await using named = await createFakeEngine({ version: "2.3.98" });
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			binaryPath: named.path,
		});
		expect(engine.startup).toMatchObject({
			binary: { source: "option", path: named.path },
			version: "2.3.98",
		});
	});

	it("B14 a cached binary is used without a download", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ version: "2.3.98" });
		await using server = await serveRelease({ files: {} });
		const cached = engineCachePath(box.storageRoot, "2.3.98", ARTIFACT);
		await mkdir(path.dirname(cached), { recursive: true });
		await symlink(fake.path, cached);
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			version: "2.3.98",
			autoDownload: true,
			releasesEndpoint: server.url,
		});
		expect(engine.startup).toMatchObject({ binary: { source: "cache", path: cached }, version: "2.3.98" });
		expect(server.requests).toEqual([]);
	});

	it("B20 a download with another digest than the manifest's is an error, and leaves no file to run", async () => {
		await using box = await sandbox();
		const manifest = `${"0".repeat(64)}  ${ARTIFACT}\n`;
		const content = Buffer.from("not what was announced");
		await using server = await serveRelease({
			files: releaseFiles({ version: "2.3.98", artifact: ARTIFACT, content, manifest }),
		});
		const start = startOrReuse({
			environment: box.environment,
			...box.options,
			version: "2.3.98",
			autoDownload: true,
			releasesEndpoint: server.url,
		});
		const { message } = await expectEngineError(start, "checksum_mismatch");
		expect(message).toBe(
			`Engine binary checksum mismatch for '${ARTIFACT}': expected ${"0".repeat(64)}, received ${sha256Of(content)}.`,
		);
		expect(existsSync(engineCachePath(box.storageRoot, "2.3.98", ARTIFACT))).toBe(false);
		expect(await box.engines()).toEqual([]);
	});

	it("B15 the error for a missing binary with downloads off explains what to do", async () => {
		await using box = await sandbox();
		const start = startOrReuse({ environment: box.environment, ...box.options, version: "0.0.1-none" });
		const error = await expectEngineError(start, "binary_unavailable");
		expect(error.message).toBe(
			"No usable engine binary was found for version '0.0.1-none'. Build `rivet-engine`, set `RIVET_ENGINE_BINARY_PATH`, or enable `RIVETKIT_ENGINE_AUTO_DOWNLOAD=1`.",
		);
		expect(error.metadata.hint).toContain("npm install -D @rivetkit/engine-cli");
		expect(error.metadata.hint).toContain("0.0.1-none was asked for");
	});
});

describe("B24 a foreign runtime on the port", () => {
	it.each([
		["rivetkit", "rivetkit"],
		["something", "something"],
		[undefined, "unknown"],
	])("%s is named and nothing is started", async (runtime, named) => {
		await using box = await sandbox();
		await using _server = await serveRuntime(runtime, { port: box.port });
		const error = await expectEngineError(
			startOrReuse({ ...box.options, environment: box.environment }),
			"port_occupied",
		);
		expect(error.message).toBe(
			`Cannot start engine: endpoint '${box.endpoint}' is already serving runtime '${named}'. Stop that process and retry.`,
		);
	});
});

describe("B28 the logs of an instance", () => {
	it("are pruned to ten pairs of ours, and rivetkit's logs are not touched", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ exit: { code: 1 } });
		const { logsFolder } = box.layout;
		await mkdir(logsFolder, { recursive: true });
		const theirs = ["engine-1700000000-stdout.log", "engine-1700000000-stderr.log", "notes.txt"];
		const ours = Array.from(
			{ length: 14 },
			(_, index) => `engine-${1700000000 + index}-12-0123456${index % 10}`,
		);
		for (const name of [...theirs, ...ours.flatMap((stem) => [`${stem}-stdout.log`, `${stem}-stderr.log`])]) {
			await writeFile(path.join(logsFolder, name), "");
		}
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: fake.path }).catch(
			() => {},
		);
		const left = await readdir(logsFolder);
		expect(left).toEqual(expect.arrayContaining(theirs));
		expect(left.length).toBe(theirs.length + 20);
		expect(left.filter((name) => name.startsWith("engine-1700000004"))).toEqual([]);
		expect(left.filter((name) => name.startsWith("engine-1700000005"))).toHaveLength(2);
	});
});
