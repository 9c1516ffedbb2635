import { setTimeout as sleep } from "node:timers/promises";
import {
	type NatsServer,
	type PostgresServer,
	startNats,
	startPostgres,
	startWriters,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { EngineOptions } from "../../src/options.ts";
import { startOrReuseIn } from "../../src/start-or-reuse.ts";
import { stopEngineIn } from "../../src/stop-engine.ts";
import { clusterSandbox, instanceOptions } from "./cluster-sandbox.ts";
import { NATS_CREDENTIALS, sharedDatabase } from "./clustered-engines.ts";

/** How often each is measured. */
const RUNS = Number(process.env["RIVET_MEASURE_WRITES"] ?? 3);

/** For how long there is a load, in milliseconds, each time. */
const LOAD_MS = 5000;

describe("namespaces created per second, median", () => {
	let postgres: PostgresServer;
	let nats: NatsServer;
	beforeAll(async () => {
		[postgres, nats] = await Promise.all([startPostgres(), startNats(NATS_CREDENTIALS)]);
	}, 60_000);
	afterAll(async () => {
		await Promise.all([postgres, nats].map((server) => server[Symbol.asyncDispose]()));
	});

	it("of engines on different storages", { timeout: 3_600_000 }, async () => {
		const shared = await sharedDatabase(postgres, nats, "shared");
		const alone = { storage: { kind: "postgres", url: await postgres.createDatabase("alone") } } as const;
		const setUps: readonly (readonly [string, EngineOptions, number])[] = [
			["one engine, its own database", {}, 1],
			["one engine, PostgreSQL", alone, 1],
			["one engine, PostgreSQL and NATS", shared, 1],
			["two engines, PostgreSQL and NATS", shared, 2],
		];
		for (const [title, options, count] of setUps) {
			for (const writers of [4, 16]) {
				const rates: number[] = [];
				for (let run = 0; run < RUNS; run++) rates.push(await rate(options, count, writers));
				console.log(`${title}, ${writers} writers: ${median(rates).toFixed(0)}`);
			}
		}
	});
});

async function rate(options: EngineOptions, count: number, writers: number): Promise<number> {
	await using box = await clusterSandbox();
	const started = Array.from({ length: count }, async (_, index) => {
		const own = await instanceOptions(box, `engine-${index}`, { telemetry: false, ...options });
		return { own, engine: await startOrReuseIn(box.environment, own) };
	});
	const engines = await Promise.all(started);
	await using load = startWriters({ endpoints: engines.map(({ engine }) => engine.endpoint), writers });
	await sleep(LOAD_MS);
	const { acknowledgedPerSecond } = await load.stop();
	// One that is killed keeps the next from writing for ten seconds.
	for (const { own } of engines) await stopEngineIn(box.environment, own);
	return acknowledgedPerSecond;
}

function median(values: readonly number[]): number {
	return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
