import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { realEnginePath, realEngineVersion } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { leftIn } from "../../../engine-ephemeral/test/ephemeral-box.ts";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { run, runBuilt } from "../tool.ts";

// Seen to fail with RIVET_ENGINE of an outer engine left set, with exit codes of 1, without the sentence on two dashes, and
// with `--json` after two dashes taken for a flag of the tool.

describe("B53 rivet-enginectl ephemeral", () => {
	it("runs a command with an engine of its own, and then removes that engine", async () => {
		await using box = await sandbox();
		const folder = path.join(box.folder, "a folder");
		const program = path.join(folder, "some tests.mjs");
		await mkdir(folder);
		await writeFile(
			program,
			`#!${process.execPath}
				import { spawn } from "node:child_process";
				const left = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
				left.unref();
				const { ok } = await fetch(process.env.RIVET_ENDPOINT + "/health");
				const variables = Object.entries(process.env).filter(([name]) => name.startsWith("RIVET_"));
				console.log(JSON.stringify({ ok, left: left.pid, args: process.argv.slice(2), variables }));
				process.exitCode = 7;
			`,
			{ mode: 0o755 },
		);
		const args = ["two words", "--", "--json", "--version", "", "'$HOME'"];
		const { code, stdout, stderr } = await runBuilt(box, ["ephemeral", "--", program, ...args], {
			TMPDIR: folder,
			// An outer engine, and settings that could move the inner one.
			RIVET_ENDPOINT: "http://127.0.0.1:6420",
			RIVET_ENGINE: "http://127.0.0.1:6420",
			RIVET_RUN_ENGINE_PORT: "6420",
			RIVETKIT_ENGINE_SPAWN: "never",
		});
		expect(code).toBe(7);
		const said = JSON.parse(stdout);
		process.kill(said.left, "SIGKILL");
		expect(said).toMatchObject({ ok: true, args });
		const { RIVET_ENDPOINT: endpoint, ...variables } = Object.fromEntries(said.variables);
		expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:[23]\d{4}$/);
		expect(variables).toEqual({
			RIVET_ENGINE_BINARY: realEnginePath(),
			RIVET_RUN_SERVICES: "0",
			RIVET_RUN_ENGINE_PORT: "6420",
			RIVET__TELEMETRY__ENABLED: "false",
			RIVET__RUNTIME__WORKER_CPU_MAX: "1000000",
		});
		expect(stderr).toMatch(
			new RegExp(`^Rivet engine ${realEngineVersion} \\(pid \\d+\\) is ready at ${endpoint}\\.$`, "m"),
		);
		expect(await leftIn({ ...box, folder })).toEqual([]);
		expect(await box.engines()).toEqual([]);
	});

	it.each([
		["that is not found", 127, "./nowhere", "The command './nowhere' was not found."],
		["that cannot be executed", 126, "/dev/null", "The command '/dev/null' cannot be executed: "],
	])("exits as a shell does for a command %s: %i", async (_title, code, command, text) => {
		await using box = await sandbox();
		const ended = await runBuilt(box, ["ephemeral", "--", command]);
		expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(text) });
		expect(await leftIn(box)).toEqual([]);
	});

	it.each([
		["no command", [], "missing required argument 'command'"],
		["options of a command without two dashes before them", ["node", "--test"], "unknown option '--test'"],
	])("refuses %s as bad usage, and says where a command stands", async (_title, args, text) => {
		await using box = await sandbox();
		const { code, stderr } = await run(box, ["ephemeral", ...args]);
		expect(code).toBe(2);
		expect(stderr).toContain(text);
		expect(stderr).toContain("stands after two dashes");
	});

	it("says on standard error why no engine was started, also if the command would print JSON", async () => {
		await using box = await sandbox();
		const ended = await run(box, ["ephemeral", "--binary", "/nowhere", "--", "any", "--json"]);
		expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("'/nowhere'") });
		expect(await leftIn(box)).toEqual([]);
	});
});
