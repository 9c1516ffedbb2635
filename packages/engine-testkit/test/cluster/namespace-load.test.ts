import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
	freePortTriple,
	lacksClusterParts,
	type NatsServer,
	readNamespaces,
	realEnginePath,
	startNats,
	startPostgres,
	startWriters,
	temporaryFolder,
} from "../../src/index.ts";

const NAMES = 250;

/** Contains what a JSON file and NATS's own format must escape. */
const CREDENTIALS = { username: "rivet", password: 'p@ss"\\$:' };

describe.skipIf(lacksClusterParts(import.meta.url))("an engine on PostgreSQL and NATS", () => {
	test("keeps every namespace that writers were promised, also if it is killed under them", async () => {
		await using postgres = await startPostgres();
		await using nats = await startNats(CREDENTIALS);
		const url = await postgres.createDatabase("rivet");
		await using engine = await startEngine(url, nats);
		await using load = startWriters({ endpoints: [engine.endpoint], writers: 16 });
		await load.untilAcknowledged(NAMES);
		await engine.restart();
		await load.pauseSince(performance.now());
		const { acknowledged } = await load.stop();
		// A page holds 100, fewer than there are, so several pages must be read.
		const kept = new Set(await readNamespaces(engine.endpoint, undefined, 100));
		expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
		expect(acknowledged.length).toBeGreaterThan(NAMES);
	}, 240_000);
});

interface ClusterEngine extends AsyncDisposable {
	readonly endpoint: string;
	/** Kills it and starts it again, and does not wait until it is ready. */
	restart(): Promise<void>;
}

async function startEngine(url: string, nats: NatsServer): Promise<ClusterEngine> {
	const folder = await temporaryFolder("rivet engine");
	const [host, port] = ["127.0.0.1", await freePortTriple()];
	const endpoint = `http://${host}:${port}`;
	const file = path.join(folder.path, "engine.json");
	const configuration = {
		postgres: { url },
		nats: { addresses: [nats.address], ...CREDENTIALS },
		guard: { host, port },
		api_peer: { host, port: port + 1 },
		metrics: { host, port: port + 10 },
		telemetry: { enabled: false },
		// Otherwise an engine does one write in twenty while all processors are busy.
		runtime: { worker_cpu_max: 1_000_000 },
	};
	await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
	const launch = () => {
		const child = spawn(realEnginePath(), ["--config", file, "start"], {
			cwd: folder.path,
			stdio: "ignore",
			env: {},
		});
		return { child, exited: once(child, "exit") };
	};
	const kill = async ({ child, exited }: ReturnType<typeof launch>): Promise<void> => {
		child.kill("SIGKILL");
		await exited;
	};
	let engine = launch();
	return {
		endpoint,
		async restart() {
			await kill(engine);
			engine = launch();
		},
		async [Symbol.asyncDispose]() {
			await kill(engine);
			await folder[Symbol.asyncDispose]();
		},
	};
}
