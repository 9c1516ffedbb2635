// A host that starts or reuses an engine like rivetkit 2.3.19: it probes, spawns, waits until a healthy server answers,
// assumes that this server is its own child, and writes `runtime.json`. It uses no lock.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @type {{ binaryPath: string, storageRoot: string, port: number, waitsForSignal?: boolean }} */
const { binaryPath, storageRoot, port, waitsForSignal } = JSON.parse(process.argv[1] ?? "");
const endpoint = `http://127.0.0.1:${port}`;
const GIVE_UP_MS = 10_000;

/** Returns the body of a success, whatever runtime it names; undefined for another status, or no answer within a second. */
async function health() {
	try {
		const response = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(1000) });
		return response.ok ? await response.json() : undefined;
	} catch {
		return undefined;
	}
}

async function findEngine() {
	const body = await health();
	if (body === undefined || body.runtime === "engine") return body;
	throw new Error(
		`Cannot start engine: endpoint '${endpoint}' is already serving runtime '${body.runtime}'.`,
	);
}

function spawnEngine() {
	const folder = path.join(storageRoot, "var", "engine");
	const logs = path.join(storageRoot, "var", "logs", "rivet-engine");
	for (const each of [path.join(folder, "db"), logs]) mkdirSync(each, { recursive: true });
	const seconds = Math.floor(Date.now() / 1000);
	const [stdout, stderr] = ["stdout", "stderr"].map((name) =>
		openSync(path.join(logs, `engine-${seconds}-${name}.log`), "a"),
	);
	const child = spawn(binaryPath, ["start"], {
		env: {
			...process.env,
			RIVET__TELEMETRY__ENABLED: "false",
			RIVET__GUARD__HOST: "127.0.0.1",
			RIVET__GUARD__PORT: `${port}`,
			RIVET__API_PEER__HOST: "127.0.0.1",
			RIVET__API_PEER__PORT: `${port + 1}`,
			RIVET__METRICS__HOST: "127.0.0.1",
			RIVET__METRICS__PORT: `${port + 10}`,
			RIVET__FILE_SYSTEM__PATH: path.join(folder, "db"),
		},
		stdio: ["ignore", stdout ?? "ignore", stderr ?? "ignore"],
		detached: true,
	});
	child.unref();
	return { child, folder };
}

if (!existsSync(binaryPath)) throw new Error(`'${binaryPath}' is not there.`);
if (waitsForSignal) {
	const alive = setInterval(() => {}, 1000);
	const signalled = once(process, "SIGUSR2");
	console.log("ready");
	await signalled;
	clearInterval(alive);
}
// rivetkit looks once to find the binary, and once more before it starts it.
if ((await findEngine()) !== undefined || (await findEngine()) !== undefined) {
	console.log(JSON.stringify({ kind: "reused" }));
} else {
	const { child, folder } = spawnEngine();
	const startedAt = performance.now();
	let gapMs = 100;
	while ((await health()) === undefined) {
		if (performance.now() - startedAt > GIVE_UP_MS) {
			child.kill("SIGKILL");
			throw new Error("The engine did not become healthy.");
		}
		await sleep(gapMs);
		gapMs = Math.min(1000, gapMs * 2);
	}
	const stamp = { pid: child.pid, endpoint, bind_host: "127.0.0.1", public_url: null };
	writeFileSync(path.join(folder, "runtime.json"), JSON.stringify(stamp, null, 2));
	console.log(JSON.stringify({ kind: "spawned", pid: child.pid }));
}
