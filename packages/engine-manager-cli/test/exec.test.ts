import { spawn } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { bin } from "./run/foreground.ts";
import { launch, runBuilt as run, target } from "./tool.ts";

// Seen to fail with pipes in place of the terminal, with exit codes of 0 and 1, with signals that are not passed on, and
// without the settings of a start.

describe("B42 rivet-enginectl exec", () => {
	it("shows the configuration that a start gives", async () => {
		await using box = await sandbox();
		const { code, stdout } = await run(box, [
			"exec",
			...target(box),
			"--no-telemetry",
			"--",
			"config",
			"show",
		]);
		expect(code).toBe(0);
		const shown = stdout.replace(/\s+/g, " ");
		expect(shown).toContain(`port: Some( ${box.port}, )`);
		expect(shown).toContain(box.layout.databasePath);
		expect(shown).toContain("FileSystem(");
		expect(shown).toMatch(/telemetry: Telemetry \{ enabled: false/);
		expect(await box.engines()).toEqual([]);
	});

	it("shows the configuration of PostgreSQL and NATS, though neither runs", async () => {
		await using box = await sandbox();
		const servers = ["--postgres-url", "postgres://127.0.0.1:1/somewhere", "--nats", "127.0.0.1:2"];
		const { code, stdout } = await run(box, ["exec", ...target(box), ...servers, "--", "config", "show"]);
		expect(code).toBe(0);
		expect(stdout).toContain("Postgres(");
		expect(stdout).toContain("Nats(");
		expect(stdout).not.toContain("FileSystem(");
	});

	it("exits with the engine's own code, for an unknown command of the engine too", async () => {
		await using box = await sandbox();
		const { code, stderr } = await run(box, ["exec", ...target(box), "--", "nonsense"]);
		expect(code).toBe(2);
		expect(stderr).toContain("unrecognized subcommand 'nonsense'");
		const help = await run(box, ["exec", ...target(box), "--", "--help"]);
		expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: rivet-engine") });
	});

	it.each(["TERM", "INT"] as const)("passes SIG%s on", async (name) => {
		await using box = await sandbox();
		const waits =
			'for each in TERM INT; do trap "echo told $each; exit 7" "$each"; done; echo up; while :; do sleep 0.1; done';
		const file = await binary(box, waits);
		const child = launch(box, ["exec", ...target(box), "--binary", file, "--", "wait"]);
		const closed = new Promise((resolve) => child.once("close", resolve));
		const lines: string[] = [];
		for await (const line of createInterface(child.stdout)) {
			lines.push(line);
			if (line === "up") child.kill(`SIG${name}`);
		}
		expect(await closed).toBe(7);
		expect(lines).toEqual(["up", `told ${name}`]);
	});

	it("refuses to start an engine, which would have neither record nor lock", async () => {
		await using box = await sandbox();
		const { code, stderr } = await run(box, ["exec", ...target(box), "--", "start"]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/`rivet-enginectl start`.+`run`|`rivet-enginectl start`.+`rivet-enginectl run`/);
		expect(await box.engines()).toEqual([]);
	});

	it("exits with 128 and the signal's number if a signal ends the engine", async () => {
		await using box = await sandbox();
		const file = await binary(box, 'kill -s KILL "$$"');
		expect((await run(box, ["exec", ...target(box), "--binary", file, "--", "die"])).code).toBe(137);
	});

	it("gives the engine its standard input, and its terminal if it has one", async () => {
		await using box = await sandbox();
		const file = await binary(
			box,
			'for each in 0 1 2; do test -t "$each" && echo "terminal $each"; done; read -r line; echo "read $line"',
		);
		const command = [process.execPath, bin, "exec", ...target(box), "--binary", file, "--", "any"];
		const quoted = command.map((part) => `'${part}'`).join(" ");
		const terminal = spawn("script", ["--quiet", "--return", "--command", quoted, "/dev/null"], {
			env: { ...box.environment, SHELL: "/bin/sh" } as NodeJS.ProcessEnv,
			stdio: ["pipe", "pipe", "inherit"],
		});
		let output = "";
		terminal.stdout.on("data", (chunk: Buffer) => {
			output += chunk.toString();
			if (output.includes("terminal 2") && !output.includes("said")) terminal.stdin.write("what was said\n");
		});
		expect(await new Promise((resolve) => terminal.once("close", resolve))).toBe(0);
		for (const said of ["terminal 0", "terminal 1", "terminal 2", "read what was said"])
			expect(output).toContain(said);
	});

	it("is bad usage without a command", async () => {
		await using box = await sandbox();
		expect((await run(box, ["exec", ...target(box)])).code).toBe(2);
	});
});

/** Writes a program that prints the engine's version if asked, and otherwise runs some lines of shell. */
async function binary(box: Sandbox, program: string): Promise<string> {
	const file = path.join(box.folder, "rivet-engine");
	await writeFile(file, `#!/bin/sh\n[ "$1" = --version ] && echo "Rivet 2.3.19" && exit\n${program}\n`);
	await chmod(file, 0o755);
	return file;
}
