import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { run, target } from "../tool.ts";
import { foreground, logCopies } from "./foreground.ts";

// Seen to fail with passwords accepted in the URL or its parameters, and with another parameter taken for a password.

const TOKEN = "planted-token-1";

describe("B42 rivet-enginectl run --admin-token-file", () => {
	it("runs an engine that wants the token, and shows the token nowhere", async () => {
		await using box = await sandbox();
		const file = path.join(box.folder, "token");
		await writeFile(file, `${TOKEN}\n`, { mode: 0o600 });
		await using engine = foreground(box, { args: ["--admin-token-file", file, "--verbose"] });
		const { pid } = await engine.ready();
		const statusWith = async (headers: Readonly<Record<string, string>>): Promise<number> =>
			(await fetch(`${box.endpoint}/namespaces`, { headers })).status;
		expect(await statusWith({ authorization: `Bearer ${TOKEN}` })).toBe(200);
		expect(await statusWith({})).toBeGreaterThanOrEqual(400);

		const processes = [engine.pid, pid];
		for (const each of processes) {
			for (const place of ["cmdline", "environ"])
				expect(await readFile(`/proc/${each}/${place}`, "utf8")).not.toContain(TOKEN);
		}
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(engine.stdout() + engine.stderr() + (await logCopies(box))).not.toContain(TOKEN);
		expect(await readFile(box.layout.recordPath, "utf8")).not.toContain(TOKEN);
	});

	it.each([
		["is missing", undefined],
		["is empty", ""],
	])("is bad usage if the file %s", async (_, content) => {
		await using box = await sandbox();
		const file = path.join(box.folder, "token");
		if (content !== undefined) await writeFile(file, content);
		const { code, stderr } = await run(box, ["run", ...target(box), "--admin-token-file", file]);
		expect(code).toBe(2);
		expect(stderr).toContain("--admin-token-file");
	});
});

describe("B42 rivet-enginectl run --postgres-url", () => {
	it.each([
		"postgres://user:PLANTED@127.0.0.1:1/db",
		"postgres://user@home:PLANTED@127.0.0.1:1/db",
		"postgres://user:PLANTED/more@127.0.0.1:1/db",
		"postgres://127.0.0.1:1/db?password=PLANTED",
		"postgres://127.0.0.1:1/db?sslmode=prefer&sslpassword=PLANTED",
		"postgres://127.0.0.1:1/db?p%61ssword=PLANTED",
		"host=127.0.0.1 password=PLANTED",
	])("is refused with a password, which no message repeats: %s", async (url) => {
		await using box = await sandbox();
		for (const command of [["run"], ["exec", "config", "show"]]) {
			for (const more of [[], ["--verbose"]]) {
				const args = [command[0] ?? "", ...target(box), "--postgres-url", url, ...more, ...command.slice(1)];
				const { code, stdout, stderr } = await run(box, args, { DEBUG: "rivet" });
				expect(code).toBe(2);
				expect(stdout + stderr).not.toContain("PLANTED");
				expect(stdout + stderr).not.toBe("");
			}
		}
		expect(await box.engines()).toEqual([]);
	});

	it("is accepted without a password, also if a parameter looks like one", async () => {
		await using box = await sandbox();
		const url = "postgres://127.0.0.1:1/db?application_name=a@b";
		const args = ["run", ...target(box), "--postgres-url", url, "--no-telemetry"];
		const { code, stderr } = await run(box, [...args, "--start-timeout", "1"]);
		expect(code, "no such server runs").toBe(1);
		expect(stderr).not.toContain("list of processes");
	});
});

describe("B42 rivet-enginectl run with flags that make no sense", () => {
	it.each([
		[["--bogus"]],
		[["--spawn", "never"]],
		[["--on-version-mismatch", "restart"]],
		[["--bind-port", "0"]],
		[["--preset", "none"]],
		[["--nats-username", "somebody"]],
		[["--postgres-root-cert", "/none"]],
		[["--nats", "127.0.0.1:4222"]],
		[["--peer-host", "0.0.0.0"]],
		[["--endpoint", "http://192.0.2.1:6420"]],
		[["--endpoint", "nonsense"]],
		[["too", "many"]],
	])("is bad usage: %j", async (args) => {
		await using box = await sandbox();
		const storage = target(box).slice(0, 2);
		const { code, stdout, stderr } = await run(box, ["run", ...storage, ...args]);
		expect(code).toBe(2);
		expect(stderr).not.toBe("");
		expect(stdout, "it is for the engine's log").toBe("");
		expect(await box.engines()).toEqual([]);
	});
});
