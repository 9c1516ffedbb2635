import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import {
	createFakeEngine,
	type FakeEngine,
	type FakeEngineBehaviour,
	freePortTriple,
	processGone,
	temporaryFolder,
} from "../src/index.ts";

const run = promisify(execFile);

describe("a fake engine", () => {
	test("prints its version", async () => {
		await using engine = await createFakeEngine({ version: "9.8.7" });
		await expect(run(engine.path, ["--version"])).resolves.toMatchObject({ stdout: "Rivet 9.8.7\n" });
	});

	test("answers on its three ports like the real one", async () => {
		await using engine = await createFakeEngine({ architecture: "v3" });
		const { port, firstLine } = await start(engine);
		expect(await firstLine).toMatch(
			new RegExp(`^ts=\\S+ level=info message="HTTP server listening on 127.0.0.1:${port}"`),
		);
		const health = { runtime: "engine", status: "ok", version: "2.3.19", architecture: "v3" };
		expect(await get(port, "/health")).toEqual({ status: 200, json: health });
		expect(await get(port, "/metadata")).toMatchObject({ status: 200, json: { version: "2.3.19" } });
		expect(await get(port, "/namespaces")).toEqual({ status: 200, json: { namespaces: [] } });
		expect(await get(port, "/other")).toMatchObject({ status: 404, json: { code: "not_found" } });
		expect(await get(port + 1, "/health")).toEqual({ status: 200, json: health });
		expect(await get(port + 1, "/metadata")).toMatchObject({ status: 404, json: { group: "api" } });
		expect(await get(port + 10, "/health")).toMatchObject({ status: 200, json: undefined });
	});

	test("reports what it was started with", async () => {
		await using folder = await temporaryFolder();
		await using engine = await createFakeEngine({ healthyAfterMs: "never" });
		const { child } = await start(engine, {
			cwd: folder.path,
			env: { MARK: "here" },
			args: ["--config", "x"],
		});
		const report = await engine.report();
		expect(report).toMatchObject({ pid: child.pid, ppid: process.pid, cwd: folder.path });
		expect(report.argv).toEqual(["start", "--config", "x"]);
		expect(report.env["MARK"]).toBe("here");
		expect(report).toMatchObject({ session: child.pid, processGroup: child.pid });
		expect(report.descriptors).toContainEqual({ fd: 0, target: "/dev/null" });
	});

	test.each<[string, FakeEngineBehaviour, { code: number | null; signal: NodeJS.Signals | null }]>([
		["exits with a code", { exit: { code: 7 } }, { code: 7, signal: null }],
		["exits after a while", { exit: { code: 3, afterMs: 20 } }, { code: 3, signal: null }],
		["ends by SIGSEGV", { signalSelf: "SIGSEGV" }, { code: null, signal: "SIGSEGV" }],
		["ends by SIGTERM", { signalSelf: "SIGTERM", ignoreSigterm: true }, { code: null, signal: "SIGTERM" }],
	])("%s", async (_, behaviour, expected) => {
		await using engine = await createFakeEngine(behaviour);
		const { exited } = await start(engine);
		expect(await exited).toMatchObject(expected);
	});

	test("writes what it is told to before it exits", async () => {
		await using engine = await createFakeEngine({ exit: { code: 1, stdout: "out\n", stderr: "err\n" } });
		const { exited } = await start(engine);
		expect(await exited).toMatchObject({ stdout: "out\n", stderr: "err\n" });
	});

	test("ends with code 0 on SIGTERM", async () => {
		await using engine = await createFakeEngine();
		const { child, firstLine, exited } = await start(engine);
		await firstLine;
		child.kill("SIGTERM");
		expect(await exited).toMatchObject({ code: 0, signal: null });
	});

	test("survives SIGTERM if it is to, and its disposal ends it", async () => {
		const engine = await createFakeEngine({ ignoreSigterm: true });
		const { child, port, firstLine } = await start(engine);
		await firstLine;
		child.kill("SIGTERM");
		expect(await get(port, "/health")).toMatchObject({ status: 200 });
		await engine[Symbol.asyncDispose]();
		await processGone(child.pid ?? 0);
		await expect(stat(engine.folder)).rejects.toMatchObject({ code: "ENOENT" });
	});

	test("does not exit when its guard port is taken, and says so", async () => {
		await using first = await createFakeEngine();
		await using second = await createFakeEngine();
		const { port, firstLine } = await start(first);
		await firstLine;
		const other = String((await freePortTriple()) + 1);
		const taken = await start(second, {
			port,
			env: { RIVET__API_PEER__PORT: other, RIVET__METRICS__PORT: String(Number(other) + 9) },
		});
		expect(await taken.firstLine).toContain('message="service crashed" service=guard err="Address in use"');
	});

	test("refuses a host that is no address", async () => {
		await using engine = await createFakeEngine();
		const { exited } = await start(engine, { env: { RIVET__GUARD__HOST: "localhost" } });
		expect(await exited).toMatchObject({ code: 1, stderr: expect.stringContaining("invalid IP address") });
	});

	test("may be put into a folder, which it leaves there", async () => {
		await using folder = await temporaryFolder();
		const engine = await createFakeEngine({}, { folder: folder.path });
		expect(engine.path).toBe(`${folder.path}/rivet-engine`);
		expect((await stat(engine.path)).mode & 0o777).toBe(0o755);
		await engine[Symbol.asyncDispose]();
		await expect(stat(engine.path)).rejects.toMatchObject({ code: "ENOENT" });
		expect((await stat(folder.path)).isDirectory()).toBe(true);
	});
});

async function start(
	engine: FakeEngine,
	options: { port?: number; cwd?: string; env?: Record<string, string>; args?: string[] } = {},
) {
	const port = options.port ?? (await freePortTriple());
	const child = spawn(engine.path, ["start", ...(options.args ?? [])], {
		stdio: ["ignore", "pipe", "pipe"],
		detached: true,
		env: { ...process.env, RIVET__GUARD__PORT: String(port), ...options.env },
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
	});
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const exited = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }));
	const firstLine = Promise.race([
		once(child.stdout, "data").then(([chunk]) => String(chunk)),
		exited.then(({ stderr }) => Promise.reject(new Error(`It ended without a line: ${stderr}`))),
	]);
	firstLine.catch(() => {});
	return { child, port, firstLine, exited };
}

async function get(port: number, path: string): Promise<{ status: number; json: unknown }> {
	const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
	return { status: response.status, json: await response.json().catch(() => undefined) };
}
