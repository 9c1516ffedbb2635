import { readdir } from "node:fs/promises";
import { engineArtifactName } from "@rivetkit/engine-core";
import {
	createFakeEngine,
	expectEngineError,
	olderEnginePath,
	olderEngineVersion,
	realEngineVersion,
	releaseFiles,
	runScript,
	serveRelease,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { startByHand } from "../by-hand.ts";
import { untilStopped, waitingHosts } from "../race-hosts.ts";
import { createNamespace, namespaces, type Sandbox, sandbox } from "../sandbox.ts";

// Seen to fail: without the second probe, under the locks (three hosts restart in turn), without each condition for the new
// version, without the check of connections, and without the check that a host of ours started the engine.

const restart: EngineOptions = { onVersionMismatch: "restart" };

describe("B39 an older engine that runs, with onVersionMismatch: restart", () => {
	it("is replaced, with its data kept", async () => {
		await using box = await sandbox();
		await startOlder(box);
		await createNamespace(box.endpoint, "kept");
		const engine = await startOrReuse({ environment: box.environment, ...box.options, ...restart });
		expect(engine).toMatchObject({
			startup: { kind: "spawned", version: realEngineVersion },
			health: { version: realEngineVersion },
		});
		expect(await namespaces(box.endpoint)).toContain("kept");
		const again = await startOrReuse({ environment: box.environment, ...box.options, ...restart });
		expect(again.startup).toMatchObject({ kind: "reused", mismatch: [] });
		expect(await box.engines()).toHaveLength(1);
	});

	it("is replaced once, though three programs start at the same moment; the other two reuse the new engine", async () => {
		await using box = await sandbox();
		await startOlder(box);
		const hosts = await waitingHosts(box, [{ options: restart }, { options: restart }, { options: restart }]);
		for (const host of hosts) host.go();
		const outcomes = await Promise.all(hosts.map(({ outcome }) => outcome));
		expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["reused", "reused", "spawned"]);
		expect(await box.engines()).toEqual([
			...new Set(outcomes.map((outcome) => "pid" in outcome && outcome.pid)),
		]);
		expect(await readdir(box.layout.logsFolder), "one engine each of both versions").toHaveLength(4);
	});
});

describe("B39 an engine that is not restarted goes on, and the reason is in the error", () => {
	it("another program is connected to it", async () => {
		await using box = await sandbox();
		const pid = await startOlder(box);
		await using client = runScript(`
			import net from "node:net";
			net.connect(${box.port}, "127.0.0.1", () => console.log("connected")).on("error", () => {});
			setInterval(() => {}, 1000);
		`);
		await client.nextLine();
		const error = await refused(box, restart, pid);
		expect(error.message).toContain(`is ${olderEngineVersion}; ${realEngineVersion} was expected`);
		expect(error.message).toContain(`It was not restarted: The engine at`);
		expect(error.message).toContain(`(pid ${client.pid})`);
		expect(error.cause).toMatchObject({ code: "engine_in_use" });
	});

	it("another program started it", async () => {
		await using box = await sandbox();
		const { pid } = await startByHand(box, box.layout.databasePath, olderEnginePath());
		const error = await refused(box, restart, pid);
		expect(error.message).toContain("neither this package nor rivetkit has recorded");
	});

	it("the expected engine is older, so that programs with two versions do not replace each other's engines for ever", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({ ...box.options, environment: box.environment });
		const pid = engine.startup.kind === "spawned" ? engine.startup.pid : undefined;
		const error = await refused(box, { ...restart, binaryPath: olderEnginePath() }, pid);
		expect(error.message).toContain(`Engine ${olderEngineVersion} is not newer than the one that runs`);
	});

	// Release 2.3.18 was such a case: its binary reports version 2.3.17.
	it.each([olderEngineVersion, realEngineVersion])(
		"the binary to start reports version %s, not the version of its release, and would differ again",
		async (version) => {
			await using box = await sandbox();
			const pid = await startOlder(box);
			await using fake = await createFakeEngine({ version });
			const artifact = engineArtifactName(process.platform, process.arch);
			await using server = await serveRelease({
				files: releaseFiles({ version: "2.3.18", artifact, content: { path: fake.path } }),
			});
			const options = { ...restart, version: "2.3.18", autoDownload: true, releasesEndpoint: server.url };
			const error = await refused(box, options, pid);
			expect(error.message).toContain("is 2.3.17; 2.3.18 was expected");
			expect(error.message).toContain(`, is ${version}`);
		},
	);

	it("starting an engine is turned off", async () => {
		await using box = await sandbox();
		const pid = await startOlder(box);
		const error = await refused(box, { ...restart, spawn: "never" }, pid);
		expect(error.message).toContain("starting an engine is turned off");
	});

	it("another program has started it at this moment", async () => {
		await using box = await sandbox();
		const options: EngineOptions = { binaryPath: olderEnginePath() };
		const [older] = await waitingHosts(box, [
			{ options, interruption: { at: "after the locks", by: "SIGSTOP" } },
		]);
		if (older === undefined) throw new Error("There is no host.");
		older.go();
		await untilStopped(older.script.pid);
		const newer = startOrReuse({
			environment: box.environment,
			...box.options,
			...restart,
			onEvent: ({ kind }) => kind === "waiting" && older.script.kill("SIGCONT"),
		});
		const error = await expectEngineError(newer, "version_mismatch");
		expect(error.message).toContain("at this very moment");
		const outcome = await older.outcome;
		expect(outcome).toMatchObject({ kind: "spawned" });
		expect(await box.engines()).toEqual(["pid" in outcome && outcome.pid]);
	});
});

async function startOlder(box: Sandbox): Promise<number | undefined> {
	const { startup } = await startOrReuse({
		environment: box.environment,
		...box.options,
		binaryPath: olderEnginePath(),
	});
	return startup.kind === "spawned" ? startup.pid : undefined;
}

async function refused(box: Sandbox, options: EngineOptions, pid: number | undefined) {
	const start = startOrReuse({ environment: box.environment, ...box.options, ...options });
	const error = await expectEngineError(start, "version_mismatch");
	expect(await box.engines()).toEqual([pid]);
	return error;
}
