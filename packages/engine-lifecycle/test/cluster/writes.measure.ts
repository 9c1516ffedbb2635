import { setTimeout as sleep } from "node:timers/promises";
import { startWriters, type WritersSummary } from "@rivetkit/engine-testkit";
import { describe, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { clusterSandbox, instanceOptions } from "./cluster-sandbox.ts";
import { sharedDatabase } from "./clustered-engines.ts";
import { ownServers } from "./own-servers.ts";

/** The number of measurements of each setup. */
const RUNS = Number(process.env["RIVET_MEASURE_WRITES"] ?? 3);

/** The length of each load, in milliseconds. */
const LOAD_MS = 5000;

describe("namespaces created per second, median", () => {
	const servers = ownServers();

	it("with engines on different storages", { timeout: 3_600_000 }, async () => {
		const onPostgres = async (name: string): Promise<EngineOptions> => ({
			storage: { kind: "postgres", url: await servers.postgres.createDatabase(name) },
		});
		await measure("one engine, its own database", {}, 1);
		await measure("one engine, PostgreSQL", await onPostgres("alone"), 1);
		await measure(
			"one engine, PostgreSQL and NATS",
			await sharedDatabase(servers.postgres, servers.nats, "one"),
			1,
		);
		await measure(
			"two engines, PostgreSQL and NATS",
			await sharedDatabase(servers.postgres, servers.nats, "two"),
			2,
		);
	});
});

/** Measures all loads with the same engines: the writes of an engine that follows another within seconds stall. */
async function measure(title: string, options: EngineOptions, count: number): Promise<void> {
	await using box = await clusterSandbox();
	const engines = await Promise.all(
		Array.from({ length: count }, async (_, index) => {
			const own = await instanceOptions(box, `engine-${index}`, { telemetry: false, ...options });
			return await startOrReuse({ ...own, environment: box.environment });
		}),
	);
	const endpoints = engines.map(({ endpoint }) => endpoint);
	await load(endpoints, 4);
	for (const writers of [4, 16]) {
		const rates: number[] = [];
		const pauses: number[] = [];
		for (let run = 0; run < RUNS; run++) {
			const { acknowledgedPerSecond, longestPauseMs } = await load(endpoints, writers);
			rates.push(acknowledgedPerSecond);
			pauses.push(longestPauseMs);
		}
		console.log(
			`${title}, ${writers} writers: ${median(rates).toFixed(0)}; longest pause ${(Math.max(...pauses) / 1000).toFixed(1)} s`,
		);
	}
}

async function load(endpoints: readonly string[], writers: number): Promise<WritersSummary> {
	await using load = startWriters({ endpoints, writers });
	await sleep(LOAD_MS);
	return await load.stop();
}

function median(values: readonly number[]): number {
	return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
