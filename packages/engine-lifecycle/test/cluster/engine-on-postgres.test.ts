import { readFile } from "node:fs/promises";
import {
	expectEngineError,
	lacksClusterParts,
	type PostgresServer,
	readNamespaces,
	startPostgres,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { engineStatus } from "../../src/status/engine-status.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { createNamespace, type Sandbox } from "../sandbox.ts";
import { clusterSandbox, instanceOptions, killEngine, spawnedHere } from "./cluster-sandbox.ts";
import { freezeNow } from "./freeze-now.ts";

// Seen to fail: without telemetry off by default, without the event `awaiting-lease`, without the proof that another engine
// renews the lease, without the wait for the database, with that wait for `ready: "health"`, with the token as a number, and
// with a status that does not send the token.

describe.skipIf(lacksClusterParts(import.meta.url, ["postgresql"]))("B42 one engine on PostgreSQL", () => {
	let postgres: PostgresServer;
	beforeAll(async () => {
		postgres = await startPostgres();
	}, 60_000);
	afterAll(() => postgres[Symbol.asyncDispose](), 60_000);

	const onDatabase = async (box: Sandbox, name: string): Promise<EngineOptions> => ({
		...box.options,
		storage: { kind: "postgres", url: await postgres.createDatabase(name) },
		startTimeoutMs: 120_000,
	});

	it("keeps its data over a stop and a start, only in PostgreSQL, and has telemetry off", async () => {
		await using box = await clusterSandbox();
		// The options do not set telemetry. An engine's telemetry would contain the URL.
		const options = { ...(await onDatabase(box, "kept")), telemetry: undefined };
		const environment = { ...box.environment, RIVET__TELEMETRY__ENABLED: undefined };
		const first = await startOrReuse({ ...options, environment });
		const { pid } = spawnedHere(first);
		const variables = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
		expect(variables).toContain("RIVET__TELEMETRY__ENABLED=false");
		await createNamespace(box.endpoint, "kept");
		expect((await startOrReuse({ ...options, environment })).startup).toMatchObject({
			kind: "reused",
			mismatch: [],
		});
		expect(await stopEngine({ ...options, environment })).toMatchObject({
			kind: "stopped",
			outcome: "exited",
		});
		expect(await first.exited).toEqual({ kind: "exited", code: 0 });

		await startOrReuse({ ...options, environment });
		expect(await readNamespaces(box.endpoint)).toContain("kept");
		await expect(readFile(box.layout.databasePath)).rejects.toMatchObject({ code: "ENOENT" });
	}, 90_000);

	it.concurrent("waits at a start for the lease of an engine that was killed, with an event", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "lease");
		const events: EngineEvent[] = [];
		const killed = spawnedHere(await startOrReuse({ ...options, environment: box.environment })).pid;
		await createNamespace(box.endpoint, "kept");
		await killEngine(killed);
		const onEvent = (event: EngineEvent): void => void events.push(event);
		const engine = await startOrReuse({ environment: box.environment, ...options, onEvent });
		const { pid } = spawnedHere(engine);
		const told = events.filter(({ kind }) => ["spawned", "awaiting-lease", "healthy"].includes(kind));
		expect(told).toMatchObject([{ kind: "spawned" }, { kind: "awaiting-lease", pid }, { kind: "healthy" }]);
		expect(await readNamespaces(box.endpoint)).toContain("kept");
		const { readyMs = 0 } = engine.startup.timings;
		console.log(`One engine on PostgreSQL, started after a SIGKILL: ready in ${seconds(readyMs)}.`);
	}, 90_000);

	it.concurrent("prevents the start of a second engine without NATS, and goes on", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "second");
		await startOrReuse({ ...options, environment: box.environment });
		const another = await instanceOptions(box, "second", options);
		const error = await expectEngineError(
			startOrReuse({ ...another, environment: box.environment }),
			"database_locked",
		);
		expect(error.message).toBe(
			`The engine cannot have PostgreSQL at 127.0.0.1:${postgres.port}/second: another engine holds the leader lease of its PostgreSQL database and renews it.`,
		);
		expect(error.metadata.hint).toContain("(`messaging`)");
		expect(error.cause).toBeDefined();
		expect(await box.engines()).toHaveLength(1);
		await createNamespace(box.endpoint, "still-works");
		expect(await readNamespaces(box.endpoint)).toContain("still-works");
	}, 90_000);

	it("is ready only when its database answers, or with `ready: health` as soon as it is healthy", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "ready");
		const events: EngineEvent["kind"][] = [];
		let frozen: ReturnType<typeof freezeNow> | undefined;
		await using _thawed = { [Symbol.asyncDispose]: async () => frozen?.thaw() };
		const freezeWhenHealthy = (_fields: unknown, message: string): void => {
			// This message comes between the probe of health and the request to the database.
			if (message === "engine process is healthy") frozen = freezeNow(postgres.pid() ?? 0);
		};
		const quiet = (): void => {};
		const logger = { debug: quiet, info: freezeWhenHealthy, warn: quiet, error: quiet };
		const onEvent = ({ kind }: EngineEvent): void => {
			events.push(kind);
			if (kind === "awaiting-database") frozen?.thaw();
		};
		await startOrReuse({ environment: box.environment, ...options, logger, onEvent });
		expect(events.slice(-2)).toEqual(["awaiting-database", "healthy"]);
		await stopEngine({ ...options, environment: box.environment });

		// PostgreSQL is stopped, so a start that asked the database would not resolve.
		await startOrReuse({ environment: box.environment, ...options, logger, ready: "health" });
		const status = await engineStatus({ ...options, environment: box.environment });
		frozen?.thaw();
		expect(status).toMatchObject({ kind: "running", database: { kind: "failing" } });
	}, 90_000);

	it("takes a token as text, even if the token looks like a number", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "token");
		await startOrReuse({ environment: box.environment, ...options, adminToken: "007" });
		expect(await statusOf(box.endpoint, "007")).toBe(200);
		for (const wrong of ["7", "0070", undefined]) {
			expect(await statusOf(box.endpoint, wrong)).toBeGreaterThanOrEqual(401);
		}
		expect(await engineStatus({ environment: box.environment, ...options, adminToken: "007" })).toMatchObject(
			{
				kind: "running",
				database: { kind: "answers" },
			},
		);
		expect(await engineStatus({ ...options, environment: box.environment })).toMatchObject({
			kind: "running",
			database: { kind: "unauthorized" },
		});
	}, 90_000);
});

async function statusOf(endpoint: string, token: string | undefined): Promise<number> {
	const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
	return (await fetch(`${endpoint}/namespaces`, { headers })).status;
}

function seconds(ms: number): string {
	return `${(ms / 1000).toFixed(1)} s`;
}
