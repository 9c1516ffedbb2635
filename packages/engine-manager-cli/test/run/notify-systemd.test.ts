import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { lacksClusterParts } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { type Sandbox, sandbox, skipAloud } from "../../../engine-lifecycle/test/sandbox.ts";
import { foreground } from "./foreground.ts";

// Seen to fail with systemd told before the start, twice or never, and with an engine that the warning ends.

/** Makes a folder with a program `systemd-notify` that records its arguments. */
async function fakeNotify(box: Sandbox, exitCode = 0) {
	const folder = path.join(box.folder, "fake programs");
	const record = path.join(folder, "calls");
	await mkdir(folder);
	const file = path.join(folder, "systemd-notify");
	await writeFile(
		file,
		`#!/bin/sh\nprintf '%s\\n' "$NOTIFY_SOCKET" "$@" >>'${record}'\necho 'no such socket' >&2\nexit ${exitCode}\n`,
	);
	await chmod(file, 0o755);
	return {
		PATH: `${folder}${path.delimiter}${box.environment["PATH"]}`,
		lines: async () =>
			(await readFile(record, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
	};
}

describe("B42 rivet-enginectl run with NOTIFY_SOCKET", () => {
	it("tells systemd once, when the engine is ready", async () => {
		await using box = await sandbox();
		const { PATH, lines } = await fakeNotify(box);
		const NOTIFY_SOCKET = path.join(box.folder, "a socket");
		await using engine = foreground(box, { variables: { PATH, NOTIFY_SOCKET } });
		const { version } = await engine.ready();
		await vi.waitUntil(async () => (await lines()).length >= 3, { timeout: 10_000 });
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(await lines()).toEqual([
			NOTIFY_SOCKET,
			"--ready",
			`--status=engine ${version} at ${box.endpoint}`,
		]);
		expect(engine.stderr()).not.toContain('"warn"');
	});

	it("tells systemd nothing of an engine that did not start", async () => {
		await using box = await sandbox();
		const { PATH, lines } = await fakeNotify(box);
		const variables = { PATH, NOTIFY_SOCKET: "/run/none" };
		await using engine = foreground(box, { variables, args: ["--binary", path.join(box.folder, "none")] });
		expect(await engine.closed).toBe(1);
		expect(await lines()).toEqual([]);
	});

	it.each([
		["is missing", undefined],
		["fails", 1],
	])("warns if systemd-notify %s, and the engine goes on", async (_, exitCode) => {
		await using box = await sandbox();
		const fake = exitCode === undefined ? { PATH: box.folder } : await fakeNotify(box, exitCode);
		const variables = { PATH: fake.PATH, NOTIFY_SOCKET: "/run/none" };
		await using engine = foreground(box, { variables });
		const { pid } = await engine.ready();
		await engine.says(/^\{"level":"warn","message":"systemd was not told/m);
		expect(await box.engines()).toEqual([pid]);
		engine.child.kill();
		expect(await engine.closed).toBe(0);
	});

	it.skipIf(lacksClusterParts(import.meta.url, ["socat"]))(
		"reaches a real socket by systemd's own program",
		async (context) => {
			if (spawnSync("systemd-notify", ["--version"]).error !== undefined)
				skipAloud(context, "systemd-notify is not installed");
			await using box = await sandbox();
			const NOTIFY_SOCKET = path.join(box.folder, "notify.sock");
			const socat = spawn("socat", ["-d", "-d", "-u", `UNIX-RECV:${NOTIFY_SOCKET}`, "STDOUT"], {
				stdio: ["ignore", "pipe", "pipe"],
			});
			try {
				let [heard, log] = ["", ""];
				socat.stdout.on("data", (chunk: Buffer) => {
					heard += chunk.toString();
				});
				socat.stderr.on("data", (chunk: Buffer) => {
					log += chunk.toString();
				});
				await vi.waitUntil(() => log.includes("starting data transfer loop"), { timeout: 10_000 });
				await using engine = foreground(box, { variables: { NOTIFY_SOCKET } });
				await engine.ready();
				// The last message comes with a descriptor, and systemd's program waits until that is closed: by systemd, or here
				// by the end of socat.
				await vi.waitUntil(() => heard.includes("BARRIER=1"), { timeout: 20_000, interval: 5 });
				expect(heard).toContain("STATUS=");
				socat.kill("SIGKILL");
				expect(heard).toContain("READY=1");
				expect(heard).toContain(`at ${box.endpoint}`);
				engine.child.kill();
				expect(await engine.closed).toBe(0);
				expect(engine.stderr()).not.toContain('"warn"');
			} finally {
				socat.kill("SIGKILL");
			}
		},
	);

	it("tells systemd nothing if the variable is not set", async () => {
		await using box = await sandbox();
		const { PATH, lines } = await fakeNotify(box);
		await using engine = foreground(box, { variables: { PATH } });
		await engine.ready();
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		expect(await lines()).toEqual([]);
	});
});
