import { appendFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import {
	createFakeEngine,
	realEngineVersion,
	releaseFiles,
	serveRelease,
	serveStatus,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { launch, run, runBuilt, target } from "./tool.ts";

describe("rivet-enginectl with the real engine", () => {
	it("starts, reports on and stops an engine, and shows its log, for a person", async () => {
		await using box = await sandbox();
		const flags = target(box);
		expect(await runBuilt(box, ["status", ...flags])).toMatchObject({
			code: 3,
			stdout: `No engine is running at ${box.endpoint}.\n`,
		});

		const started = await runBuilt(box, ["start", ...flags]);
		expect(started.code).toBe(0);
		expect(started.stdout).toContain(`Rivet engine ${realEngineVersion} was spawned and is healthy.`);
		for (const shown of [
			box.endpoint,
			`${box.endpoint}/ui/`,
			"-stdout.log",
			"-stderr.log",
			"rivet-enginectl stop --storage-root '",
		]) {
			expect(started.stdout).toContain(shown);
		}
		expect(started.stderr).toContain("Waiting for the engine");

		const again = await runBuilt(box, ["start", ...flags]);
		expect(again).toMatchObject({
			code: 0,
			stdout: expect.stringContaining("was running already and is reused"),
		});

		const status = await runBuilt(box, ["status", ...flags]);
		expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/database +answers/) });

		const logs = await runBuilt(box, ["logs", ...flags, "-n", "500"]);
		expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining("HTTP server listening on") });
		expect((await runBuilt(box, ["logs", ...flags, "-n", "2"])).stdout.trim().split("\n")).toHaveLength(2);

		expect(await runBuilt(box, ["stop", ...flags])).toMatchObject({
			code: 0,
			stdout: expect.stringContaining("has stopped"),
		});
		expect(await runBuilt(box, ["stop", ...flags])).toMatchObject({
			code: 0,
			stdout: expect.stringContaining("No engine is running"),
		});
	});

	it("prints one document in JSON for each command with --json", async () => {
		await using box = await sandbox();
		const flags = [...target(box), "--json"];
		const json = async (command: string) => JSON.parse((await run(box, [command, ...flags])).stdout);
		expect(await json("status")).toMatchObject({ kind: "not-running", endpoint: box.endpoint });
		const started = await json("start");
		expect(started).toMatchObject({
			kind: "spawned",
			endpoint: box.endpoint,
			dashboard: `${box.endpoint}/ui/`,
			version: realEngineVersion,
			binary: { source: "npm" },
			mismatch: [],
			timings: { totalMs: expect.any(Number) },
		});
		expect(await json("start")).toMatchObject({ kind: "reused", pid: started.pid, logs: started.logs });
		expect(await json("status")).toMatchObject({
			kind: "running",
			pid: started.pid,
			database: { kind: "answers" },
		});
		expect(await json("logs")).toMatchObject({ stdout: started.logs.stdout, lines: expect.any(Array) });
		expect(await json("stop")).toMatchObject({ kind: "stopped", pid: started.pid, outcome: "exited" });
	});

	it("follows the log, also that of the next start, until it is interrupted", async () => {
		await using box = await sandbox();
		const { logs } = JSON.parse((await run(box, ["start", ...target(box), "--json"])).stdout);
		const follower = launch(box, ["logs", "-f", "-n", "1", ...target(box)]);
		const lines = createInterface(follower.stdout)[Symbol.asyncIterator]();
		await lines.next();
		await appendFile(logs.stdout, "a new ");
		await appendFile(logs.stdout, "líne\n");
		expect((await lines.next()).value).toBe("a new líne");
		await run(box, ["stop", ...target(box)]);
		await run(box, ["start", ...target(box)]);
		let line = "";
		while (!line.includes("starting rivet"))
			line = (await lines.next()).value ?? "starting rivet, but the log has ended";
		expect(line).not.toContain("has ended");
		follower.kill("SIGINT");
		expect(await new Promise((resolve) => follower.once("close", resolve))).toBe(130);
	});
});

describe("rivet-enginectl resolve", () => {
	it("B16 prints the path, its source, and why each other source declined", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ version: "2.3.98" });
		const { code, stdout } = await run(box, ["resolve"], { RIVET_ENGINE_BINARY: fake.path });
		expect(code).toBe(0);
		expect(stdout.split("\n")[0]).toBe(fake.path);
		expect(stdout).toMatch(/source +RIVET_ENGINE_BINARY\n/);
		expect(stdout).toMatch(/version +2\.3\.98\n/);
		expect(stdout).toMatch(/option +declined: no path was given/);
		expect((await run(box, ["resolve", "--quiet", "--binary", fake.path])).stdout).toBe(`${fake.path}\n`);
		const document = JSON.parse((await run(box, ["resolve", "--json"])).stdout);
		expect(document).toMatchObject({
			source: "npm",
			version: realEngineVersion,
			declined: expect.any(Array),
		});
	});

	it("B5 counts downloading as allowed, unless the variable or the flag says no", async () => {
		await using box = await sandbox();
		// The release server has no release, so an allowed download ends with `version_not_found`.
		const codeFor = async (args: readonly string[], variables: Readonly<Record<string, string>>) => {
			const server = ["--releases-endpoint", box.folder];
			const wanted = ["--engine-version", "0.0.1", "--json", ...target(box).slice(0, 2)];
			const { stdout } = await run(box, ["resolve", ...server, ...wanted, ...args], variables);
			return JSON.parse(stdout).error.code;
		};
		expect(await codeFor([], {})).toBe("version_not_found");
		for (const value of ["", "0", "false", "no"]) {
			expect(await codeFor([], { RIVETKIT_ENGINE_AUTO_DOWNLOAD: value })).toBe("binary_unavailable");
		}
		expect(await codeFor(["--no-download"], {})).toBe("binary_unavailable");
		expect(await codeFor(["--download"], { RIVETKIT_ENGINE_AUTO_DOWNLOAD: "0" })).toBe("version_not_found");
	});

	it("B17 shows the progress of a download, lists the engine, and removes it again", async () => {
		await using box = await sandbox();
		const artifact = "rivet-engine-x86_64-unknown-linux-musl";
		await using server = await serveRelease({
			files: releaseFiles({ version: "0.0.1", artifact, content: Buffer.alloc(200_000, "engine") }),
		});
		const storage = target(box).slice(0, 2);
		const wanted = ["0.0.1", "--platform", "linux", "--arch", "x64"];
		const args = ["download", ...wanted, "--releases-endpoint", server.url, ...storage];
		const fetched = await run(box, args);
		expect(fetched).toMatchObject({ code: 0, stderr: expect.stringContaining("100 % of 200.0 kB") });
		expect(fetched.stdout).toContain(artifact);
		const again = await run(box, [...args, "--json"]);
		expect(JSON.parse(again.stdout)).toMatchObject({ source: "cache", sizeBytes: 200_000 });
		const listed = await run(box, ["binaries", "--json", ...storage]);
		expect(JSON.parse(listed.stdout)).toMatchObject([{ version: "0.0.1", sizeBytes: 200_000 }]);
		// `HOME` is another, so the cache is found only if `binaries prune` gets the flag that `binaries` has as well.
		const elsewhere = { HOME: `${box.folder}/elsewhere` };
		const pruned = await run(box, ["binaries", "prune", "--keep", "0", "--json", ...storage], elsewhere);
		expect(JSON.parse(pruned.stdout)).toMatchObject({ removed: [{ version: "0.0.1" }], freedBytes: 200_000 });
		const unusable = await run(box, ["binaries", "prune", "--keep", "none"]);
		expect(unusable).toMatchObject({ code: 2, stderr: expect.stringContaining("--help lists commands") });
		expect(await run(box, ["binaries", ...storage])).toMatchObject({ stdout: "No engine is downloaded.\n" });
	});
});

describe("rivet-enginectl on a failure", () => {
	it("prints the message, the end of the engine's log and a hint, and no stack trace unless DEBUG asks", async () => {
		await using box = await sandbox();
		await using fake = await createFakeEngine({ exit: { code: 3, stderr: "Error: the very reason\n" } });
		const args = ["start", ...target(box), "--binary", fake.path];
		const plain = await run(box, args);
		expect(plain).toMatchObject({ code: 1, stdout: "" });
		expect(plain.stderr).toContain("error: engine process exited before becoming healthy");
		expect(plain.stderr).toContain("The engine's last lines:\n  Error: the very reason");
		expect(plain.stderr).toMatch(/\nhint: See '/);
		expect(plain.stderr).not.toContain("    at ");
		expect((await run(box, args, { DEBUG: "rivet" })).stderr).toContain("    at ");
		expect((await run(box, args, { DEBUG: "express:*" })).stderr).not.toContain("    at ");
		const { error } = JSON.parse((await run(box, [...args, "--json"])).stdout);
		expect(error).toMatchObject({
			group: "engine",
			code: "health_check_failed",
			metadata: { hint: expect.any(String), stderrTail: ["Error: the very reason"] },
		});
	});

	it("B10 never prints the token of an endpoint at which it starts an engine", async () => {
		await using box = await sandbox();
		const endpoint = `http://space:secret@127.0.0.1:${box.port}`;
		const { code, stdout, stderr } = await run(box, [
			"start",
			"--endpoint",
			endpoint,
			"--storage-root",
			box.storageRoot,
			"--verbose",
		]);
		expect(code).toBe(0);
		expect(stdout + stderr).not.toContain("secret");
	});

	it("B27 warns of inherited variables that the engine does not get, also without --verbose", async () => {
		await using box = await sandbox();
		const { code, stderr } = await run(box, ["start", ...target(box)], {
			RIVET__POSTGRES__URL: "postgres://u:secret@h/d",
		});
		expect(code).toBe(0);
		expect(stderr).toContain("warning: inherited variables");
		expect(stderr).toContain("RIVET__POSTGRES__URL");
		expect(stderr).not.toContain("secret");
	});

	it("never prints the token of an endpoint in an error", async () => {
		await using box = await sandbox();
		await using _server = await serveStatus(404, "", "text/plain", { port: box.port });
		const endpoint = `http://space:secret@127.0.0.1:${box.port}`;
		for (const command of ["start", "stop", "status"]) {
			for (const more of [[], ["--json"], ["--verbose"]]) {
				const { code, stdout, stderr } = await run(box, [command, "--endpoint", endpoint, ...more], {
					DEBUG: "1",
				});
				expect(code).toBe(1);
				expect(stdout + stderr).not.toContain("secret");
			}
		}
	});

	it.each([
		[["bogus"]],
		[["start", "--bogus"]],
		[["start", "--bind-port", "x"]],
		[["start", "--bind-port", "0"]],
		[["start", "--start-timeout", "-1"]],
		[["start", "--spawn", "sometimes"]],
		[["status", "--endpoint", "localhost:1"]],
		[["stop", "--grace", "0"]],
		[["logs", "-n", "-5"]],
		[["status", "--instance", "a b"]],
		[["status", "too", "many"]],
		[[]],
	])("exits with 2 for bad usage: %j", async (args) => {
		await using box = await sandbox();
		const { code, stderr, stdout } = await run(box, args);
		expect(code).toBe(2);
		expect(stderr).not.toBe("");
		expect(stdout).toBe("");
	});
});

describe("rivet-enginectl --help", () => {
	it.each([
		[],
		["start"],
		["stop"],
		["status"],
		["logs"],
		["resolve"],
		["list"],
		["prune"],
		["wait"],
		["env"],
		["doctor"],
	])("shows an example for %s", async (...command) => {
		await using box = await sandbox();
		const { code, stdout } = await run(box, [...command, "--help"]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/Examples?:\n {2}\$ .*rivet-enginectl/);
	});

	it("exits with 0, and so does --version", async () => {
		await using box = await sandbox();
		expect(await runBuilt(box, ["--version"])).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
		});
	});
});
