import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import {
	createFakeEngine,
	freePortTriple,
	processGone,
	realEnginePath,
	runScript,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { answering, builtPackage, commandOn, killedAfterwards, within } from "./launch.ts";

const run = promisify(execFile);

/** Writes a host that spawns an engine, prints its pid, and then runs `after`. */
function host(request: unknown, after = ""): string {
	return `import { spawnEngine } from ${JSON.stringify(builtPackage)};
		const engine = await spawnEngine(${JSON.stringify(request)});
		console.log(engine.pid);
		${after}`;
}

describe("B30 an engine", () => {
	test("stays when its host, which does no more than spawn it, exits by itself", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const port = await freePortTriple();
		const request = { command: commandOn(fake.path, port, folder.path), logsFolder: folder.path };
		await using script = runScript(host(request));
		const pid = Number(await script.nextLine());
		await using _ = killedAfterwards(pid);
		expect(await within(script.exited)).toMatchObject({ code: 0, stderr: "" });
		await answering(port);
	});

	test("does not keep its host alive, even if the host waits for `exited`", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const request = {
			command: commandOn(fake.path, await freePortTriple(), folder.path),
			logsFolder: folder.path,
		};
		await using script = runScript(host(request, "engine.exited.then(() => console.log('ended'));"));
		await using _ = killedAfterwards(Number(await script.nextLine()));
		expect(await within(script.exited)).toMatchObject({ code: 0, stderr: "" });
	});

	test("stays after a SIGKILL to its host", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const port = await freePortTriple();
		const request = { command: commandOn(fake.path, port, folder.path), logsFolder: folder.path };
		await using script = runScript(host(request, "setInterval(() => {}, 1000);"));
		await using _ = killedAfterwards(Number(await script.nextLine()));
		await answering(port);
		script.kill("SIGKILL");
		expect((await within(script.exited)).signal).toBe("SIGKILL");
		await answering(port);
	});

	test("stays after a signal to the whole group of its host, such as Ctrl-C", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const port = await freePortTriple();
		const request = { command: commandOn(fake.path, port, folder.path), logsFolder: folder.path };
		const source = host(request, "setInterval(() => {}, 1000);");
		const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
			stdio: ["ignore", "pipe", "inherit"],
			detached: true,
		});
		const [line] = await within(once(child.stdout, "data"));
		await using _ = killedAfterwards(Number(line));
		const ended = once(child, "exit");
		await answering(port);
		process.kill(-(child.pid ?? 0), "SIGINT");
		expect(await within(ended)).toEqual([null, "SIGINT"]);
		await answering(port);
	});
});

describe.runIf(process.platform === "linux")("B30 an open file of the host", () => {
	test("is not open in the fake engine, so that a shell's lock ends with the host", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine({ healthyAfterMs: "never" });
		await using started = await startUnderLock(fake.path, folder.path);
		const { descriptors } = await fake.report();
		expect(
			descriptors.map(({ target }) => target).filter((target) => started.opened.includes(target)),
		).toEqual([]);
		expect(descriptors.find(({ fd }) => fd === 200)?.target ?? "/dev/null").toBe("/dev/null");
		await expect(run("flock", ["-n", started.lockFile, "true"])).rejects.toMatchObject({ code: 1 });
		await started.endHost();
		await run("flock", ["-n", started.lockFile, "true"]);
	});

	test("is not open in the real engine", async () => {
		await using folder = await temporaryFolder();
		await using started = await startUnderLock(realEnginePath(), folder.path);
		const fds = `/proc/${started.pid}/fd`;
		const names = await readdir(fds);
		const targets = await Promise.all(names.map((name) => readlink(`${fds}/${name}`).catch(() => "")));
		expect(targets).toContain("/dev/null");
		expect(targets.filter((target) => started.opened.includes(target))).toEqual([]);
		await started.endHost();
		await run("flock", ["-n", started.lockFile, "true"]);
	});
});

/** Starts a host from a shell with a lock on descriptor 200 and another file on 57. Node closes neither. */
async function startUnderLock(engine: string, folder: string) {
	const lockFile = path.join(folder, "deploy.lock");
	const other = path.join(folder, "other.txt");
	await writeFile(other, "");
	const request = {
		command: commandOn(engine, await freePortTriple(), path.join(folder, "db")),
		logsFolder: path.join(folder, "logs"),
	};
	const shell = 'exec 200>"$1" 57<"$2"; flock -n 200 || exit 9; exec "$3" --input-type=module -e "$4"';
	const source = host(request, "process.stdin.resume();");
	const child = spawn("bash", ["-c", shell, "bash", lockFile, other, process.execPath, source], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const ended = once(child, "exit");
	const [line] = await within(once(child.stdout, "data"));
	const pid = Number(line);
	const killed = killedAfterwards(pid);
	const endHost = async (): Promise<void> => {
		child.stdin.end();
		expect(await within(ended)).toEqual([0, null]);
		await processGone(child.pid ?? 0);
	};
	return {
		pid,
		lockFile,
		opened: [lockFile, other],
		endHost,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await ended;
			await killed[Symbol.asyncDispose]();
		},
	};
}
