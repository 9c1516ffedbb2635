import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { listeningAddresses, portHolder, portOwnership, processExecutable } from "@rivetkit/engine-inspect";
import { spawnEngine } from "@rivetkit/engine-spawn";
import { createFakeEngine, freePortTriple, serveSockets, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { answering, commandOn, killedAfterwards } from "../../../engine-spawn/test/launch.ts";

describe.runIf(process.platform === "linux")("B32 the owner of a port", () => {
	test("is nobody without a listener", async () => {
		const port = await freePortTriple();
		expect(await portHolder(port)).toBeUndefined();
		expect(await portOwnership(process.pid, [{ host: "127.0.0.1", port }])).toEqual(["nobody"]);
		expect(await listeningAddresses(port)).toEqual([]);
	});

	test("is this process on the addresses where it listens", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port, host: "127.0.0.1" });
		await using _other = await serveSockets(() => {}, { port, host: "127.0.0.2" });
		expect(await portHolder(port)).toEqual({ pid: process.pid, name: "node" });
		expect(await portOwnership(process.pid, [{ host: "127.0.0.1", port }])).toEqual(["own"]);
		expect([...(await listeningAddresses(port))].sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
	});

	test("is an engine, and is `other` from the view of another process", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const port = await freePortTriple();
		const engine = await spawnEngine({
			command: commandOn(fake.path, port, folder.path),
			logsFolder: folder.path,
		});
		await using _ = killedAfterwards(engine.pid);
		await answering(port);
		expect(await portOwnership(engine.pid, [{ host: "127.0.0.1", port }])).toEqual(["own"]);
		expect(await portOwnership(process.pid, [{ host: "127.0.0.1", port }])).toEqual(["other"]);
		expect(await portHolder(port)).toEqual({ pid: engine.pid, name: "node" });
	});

	test("is a wrapper script if its child listens", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const wrapper = path.join(folder.path, "wrapper.sh");
		await writeFile(wrapper, `#!/bin/sh\n'${fake.path}' "$@"\nexit $?\n`, { mode: 0o755 });
		const port = await freePortTriple();
		const engine = await spawnEngine({
			command: commandOn(wrapper, port, folder.path),
			logsFolder: folder.path,
		});
		await using _ = killedAfterwards(engine.pid);
		await answering(port);
		expect((await portHolder(port))?.pid).not.toBe(engine.pid);
		expect(await portOwnership(engine.pid, [{ host: "127.0.0.1", port }])).toEqual(["own"]);
	});

	test("is a process whose executable is known even after the file was removed", async () => {
		await using folder = await temporaryFolder();
		const copy = path.join(folder.path, "sleep");
		await copyFile("/bin/sleep", copy);
		const child = spawn(copy, ["60"], { stdio: "ignore" });
		await using _ = killedAfterwards(child.pid ?? 0);
		await once(child, "spawn");
		expect(await processExecutable(child.pid ?? 0)).toBe(copy);
		await rm(copy);
		expect(await processExecutable(child.pid ?? 0)).toBe(copy);
		expect(await processExecutable(2 ** 30)).toBeUndefined();
	});
});
