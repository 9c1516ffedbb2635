import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { engineArtifactName, engineCachePath } from "@rivetkit/engine-core";
import {
	realEnginePath,
	realEngineVersion,
	recordingLogger,
	releaseFiles,
	runScript,
	serveRelease,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, sandbox } from "../sandbox.ts";

describe("B11 B13 B14 the source of the binary, with the real engine", () => {
	it("is the storage root if rivetkit has downloaded an engine there", async () => {
		await using box = await sandbox();
		const artifact = engineArtifactName(process.platform, process.arch);
		// The installed npm package has another version, so that this source declines.
		const cached = engineCachePath(box.storageRoot, "9.9.9", artifact);
		await mkdir(path.dirname(cached), { recursive: true });
		await symlink(realEnginePath(), cached);
		const logger = recordingLogger();
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			version: "9.9.9",
			logger,
		});
		expect(engine.startup).toMatchObject({
			kind: "spawned",
			version: realEngineVersion,
			binary: { path: cached, source: "cache", version: realEngineVersion },
		});
		expect(logger.messages("info")).toContain("using an engine binary from the cache unverified");
	});

	it("is a download if there is no other, and the cache for the next start", async () => {
		await using box = await sandbox();
		const artifact = engineArtifactName(process.platform, process.arch);
		const version = "9.9.9";
		await using server = await serveRelease({
			files: releaseFiles({ version, artifact, content: { path: realEnginePath() } }),
		});
		const options = { ...box.options, version, autoDownload: true, releasesEndpoint: server.url };
		const events: EngineEvent[] = [];
		const engine = await startOrReuse({
			environment: box.environment,
			...options,
			onEvent: (event) => void events.push(event),
		});
		const cached = engineCachePath(box.storageRoot, version, artifact);
		expect(engine.startup).toMatchObject({
			kind: "spawned",
			version: realEngineVersion,
			binary: { path: cached, source: "download" },
		});
		expect(events.map(({ kind }) => kind)).toContain("downloading");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
		const asked = server.requests.length;
		const next = await startOrReuse({ ...options, environment: box.environment });
		expect(next.startup).toMatchObject({ kind: "spawned", binary: { path: cached, source: "cache" } });
		expect(server.requests).toHaveLength(asked);
	});

	it("is the build in a checkout of Rivet if `cargoRoot` names that", async () => {
		await using box = await sandbox();
		const build = path.join(box.folder, "rivet", "target", "debug", "rivet-engine");
		await mkdir(path.dirname(build), { recursive: true });
		await symlink(realEnginePath(), build);
		const cargoRoot = path.join(box.folder, "rivet", "packages", "deep inside");
		const engine = await startOrReuse({ environment: box.environment, ...box.options, cargoRoot });
		expect(engine.startup).toMatchObject({ kind: "spawned", binary: { path: build, source: "cargo" } });
	});
});

describe("an engine that is newer than the engine of the project's rivetkit", () => {
	it("is refused unless `allowUpgrade` is given, since rivetkit could not use the database afterwards", async () => {
		await using box = await sandbox();
		const project = path.join(box.folder, "project");
		const rivetkit = path.join(project, "node_modules", "rivetkit");
		const engine = path.join(rivetkit, "node_modules", "@rivetkit", "engine-cli");
		await mkdir(engine, { recursive: true });
		for (const [folder, name] of [
			[rivetkit, "rivetkit"],
			[engine, "@rivetkit/engine-cli"],
		] as const) {
			await writeFile(path.join(folder, "package.json"), JSON.stringify({ name, version: "2.3.17" }));
		}
		const start = async (more: object) => {
			const options = { ...box.options, binaryPath: realEnginePath(), ...more };
			const program = `
				import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
				const print = (value) => console.log(JSON.stringify(value));
				await startOrReuse(${JSON.stringify(options)}).then(
					({ startup }) => print({ kind: startup.kind }),
					({ code, message, metadata }) => print({ code, message, hint: metadata.hint }),
				);
			`;
			await using host = runScript(program, { cwd: project, env: hostVariables(box) });
			const { stdout, stderr } = await host.exited;
			expect(stderr).toBe("");
			return JSON.parse(stdout);
		};
		const refusal = await start({});
		expect(refusal).toMatchObject({
			code: "version_upgrade",
			message: expect.stringContaining("2.3.19 is newer than 2.3.17"),
		});
		expect(refusal.hint).toContain("`allowUpgrade`");
		expect(await box.engines()).toEqual([]);
		expect(await start({ allowUpgrade: true })).toEqual({ kind: "spawned" });
	});
});
