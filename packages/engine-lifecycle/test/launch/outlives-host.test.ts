import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { probeEngine } from "@rivetkit/engine-health";
import { portHolder } from "@rivetkit/engine-inspect";
import { processGone, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, type Sandbox, sandbox } from "../sandbox.ts";

/** Writes a host that starts or reuses an engine and prints the result. Then the host goes on for ever, or ends by itself. */
function hostScript(options: EngineOptions, then: "stay" | "leave"): string {
	return `
		import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
		const engine = await startOrReuse(${JSON.stringify(options)});
		const { startup } = engine;
		console.log(JSON.stringify({ kind: startup.kind, pid: startup.pid ?? startup.record?.identity.pid }));
		${then === "stay" ? "setInterval(() => {}, 1000);" : ""}
	`;
}

async function startedBy(
	script: ReturnType<typeof runScript>,
): Promise<{ readonly kind: string; readonly pid: number }> {
	return JSON.parse(await script.nextLine());
}

describe("B30 an engine", () => {
	it("outlives its host's SIGKILL, and the next host reuses it", async () => {
		await using box = await sandbox();
		await using host = runScript(hostScript(box.options, "stay"), { env: hostVariables(box) });
		const { kind, pid } = await startedBy(host);
		expect(kind).toBe("spawned");
		host.kill("SIGKILL");
		await host.exited;
		await using next = runScript(hostScript(box.options, "leave"), { env: hostVariables(box) });
		expect(await startedBy(next)).toEqual({ kind: "reused", pid });
	});

	it("does not keep a host alive that has started or reused it", async () => {
		await using box = await sandbox();
		for (const kind of ["spawned", "reused"]) {
			await using host = runScript(hostScript(box.options, "leave"), { env: hostVariables(box) });
			expect(await host.exited).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(kind) });
		}
		expect(await probeEngine(box.endpoint)).toMatchObject({ kind: "engine" });
	});

	it("is waited for by the next host, and can be stopped, if its host was killed before it was healthy", async () => {
		await using box = await sandbox();
		const script = `
			import { startOrReuse } from ${JSON.stringify(builtPackage("engine-manager"))};
			startOrReuse({ ...${JSON.stringify(box.options)}, onEvent: ({ kind, pid }) => kind === "spawned" && console.log(pid) });
		`;
		await using host = runScript(script, { env: hostVariables(box) });
		const pid = Number(await host.nextLine());
		host.kill("SIGKILL");
		await host.exited;
		const next = await startOrReuse({ ...box.options, environment: box.environment });
		expect(next.startup).toMatchObject({ kind: "reused", record: { identity: { pid } } });
		expect(await readdir(box.layout.logsFolder), "no second engine was tried").toHaveLength(2);
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
			pid,
		});
	});

	it("has no descriptor of a file that its host has open", async () => {
		await using box = await sandbox();
		const held = path.join(box.folder, "held by the host");
		await using _file = await open(held, "w");
		// A shell opens its descriptors without close-on-exec. The host inherits them and must not pass them on.
		const host = spawn(
			"bash",
			[
				"-c",
				'exec 47>"$1" 200>"$1"; flock -x 200; exec "$2" --input-type=module -e "$3"',
				"bash",
				held,
				process.execPath,
				hostScript(box.options, "leave"),
			],
			{ env: { ...process.env, ...hostVariables(box) } as NodeJS.ProcessEnv, stdio: "ignore" },
		);
		expect(await once(host, "exit")).toEqual([0, null]);
		const engine = await portHolder(box.port);
		const folder = `/proc/${engine?.pid}/fd`;
		const targets = await Promise.all(
			(await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => "")),
		);
		expect(
			targets.filter((target) => target.startsWith(box.folder)).map((target) => path.dirname(target)),
		).not.toContain(box.folder);
		const lock = spawn("flock", ["--nonblock", held, "true"]);
		expect(await once(lock, "exit")).toEqual([0, null]);
	});
});

describe("B30 a terminal", () => {
	/** Runs a host in a pseudo-terminal, which `script` of util-linux makes. */
	function inTerminal(box: Sandbox) {
		const command = `${quoted(process.execPath)} --input-type=module -e ${quoted(hostScript(box.options, "stay"))}`;
		const terminal = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
			env: { ...process.env, ...hostVariables(box), SHELL: "/bin/sh" } as NodeJS.ProcessEnv,
			stdio: ["pipe", "pipe", "inherit"],
		});
		let output = "";
		const started = new Promise<{ readonly kind: string; readonly pid: number }>((resolve, reject) => {
			terminal.stdout.on("data", (chunk: Buffer) => {
				output += chunk.toString();
				const line = /^\{.*\}/m.exec(output)?.[0];
				if (line !== undefined) resolve(JSON.parse(line));
			});
			terminal.once("exit", () => reject(new Error(`The host ended: ${output}`)));
		});
		return { terminal, started };
	}

	it("does not reach the engine with Ctrl-C", async () => {
		await using box = await sandbox();
		const { terminal, started } = inTerminal(box);
		const { pid } = await started;
		terminal.stdin.write("\x03");
		const [code] = await once(terminal, "exit");
		expect(code, "the host itself was interrupted").toBe(130);
		expect((await portHolder(box.port))?.pid).toBe(pid);
		expect(await probeEngine(box.endpoint)).toMatchObject({ kind: "engine" });
	});

	it("does not reach the engine when it is closed", async () => {
		await using box = await sandbox();
		const { terminal, started } = inTerminal(box);
		const { pid } = await started;
		const everyPid = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
		const children = await childrenOf(terminal.pid ?? 0, everyPid);
		// The end of `script` closes the other side of the terminal, and the kernel sends SIGHUP to the processes in it.
		terminal.kill("SIGKILL");
		for (const child of children) await processGone(child);
		expect((await portHolder(box.port))?.pid).toBe(pid);
		expect(await probeEngine(box.endpoint)).toMatchObject({ kind: "engine" });
	});
});

describe("RUST_LOG in the host's environment", () => {
	it("B27 B32 changes nothing about a start, a reuse, a taken port, a bad key and a stop", async () => {
		await using box = await sandbox();
		const environment = { ...box.environment, RUST_LOG: "error" };
		const engine = await startOrReuse({ ...box.options, environment });
		if (engine.startup.kind !== "spawned") throw new Error("It was not spawned.");
		expect(await readFile(engine.startup.logs.stdout, "utf8")).toContain("HTTP server listening on");
		expect((await startOrReuse({ ...box.options, environment })).startup.kind).toBe("reused");
		const another = await box.anotherPort();
		const locked = startOrReuse({ environment, ...box.options, bindPort: another });
		await expect(locked).rejects.toMatchObject({ code: "database_locked" });
		const misconfigured = startOrReuse({
			environment,
			...box.options,
			bindPort: another,
			instancePath: "second",
			env: { RIVET__GUARD__NO_SUCH_KEY: "1" },
		});
		await expect(misconfigured).rejects.toMatchObject({ code: "config_invalid" });
		expect(await stopEngine({ ...box.options, environment })).toMatchObject({
			kind: "stopped",
			outcome: "exited",
		});
	});

	it("B32 counts as an option, and the engine is still known to be the child", async () => {
		await using box = await sandbox();
		const engine = await startOrReuse({
			environment: box.environment,
			...box.options,
			env: { RUST_LOG: "error" },
		});
		expect(engine.startup.kind).toBe("spawned");
		expect(await stopEngine({ ...box.options, environment: box.environment })).toMatchObject({
			kind: "stopped",
		});
	});
});

async function childrenOf(parent: number, pids: readonly number[]): Promise<readonly number[]> {
	const found: number[] = [];
	for (const pid of pids) {
		const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
		if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent) found.push(pid);
	}
	return found;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
