import {
	lacksClusterParts,
	type PostgresServer,
	readNamespaces,
	startPostgres,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { engineStatus } from "../../src/status/engine-status.ts";
import { waitUntilReady } from "../../src/status/wait-until-ready.ts";
import { createNamespace, type Sandbox } from "../sandbox.ts";
import { clusterSandbox, spawnedHere } from "./cluster-sandbox.ts";

// Seen to fail: with a status that always says that the database answers, and with a wait that does not ask the database.

describe.skipIf(lacksClusterParts(import.meta.url, ["postgresql"]))(
	"B42 PostgreSQL that is stopped under a running engine",
	() => {
		let postgres: PostgresServer;
		beforeAll(async () => {
			postgres = await startPostgres();
		}, 60_000);
		afterAll(() => postgres[Symbol.asyncDispose](), 60_000);

		it("is shown in the status of the healthy engine until PostgreSQL is back", async () => {
			await using box = await clusterSandbox();
			const { options, pid } = await startWithData(box, "status");
			await postgres.stop();
			const failing = await statusWhere(box, options, "failing");
			expect(failing).toMatchObject({ kind: "running", pid, health: { status: "ok" } });
			expect((await fetch(`${box.endpoint}/health`)).status).toBe(200);

			await postgres.start();
			const again = await statusWhere(box, options, "answers");
			expect(again, "it is the same engine").toMatchObject({ kind: "running", pid });
			expect(await readNamespaces(box.endpoint)).toContain("kept");
		}, 120_000);

		it("delays a wait for the database, but not a wait for health", async () => {
			await using box = await clusterSandbox();
			const { options, pid } = await startWithData(box, "wait");
			await postgres.stop();
			await statusWhere(box, options, "failing");
			expect(await waitUntilReady({ ...options, environment: box.environment })).toMatchObject({
				kind: "ready",
			});
			expect(
				await waitUntilReady({ environment: box.environment, ...options, database: true, timeoutMs: 1 }),
			).toMatchObject({
				kind: "not-ready",
				reason: expect.stringContaining("its database does not answer: "),
			});

			let restarted: Promise<void> | undefined;
			const onWait = (): void => {
				restarted ??= postgres.start();
			};
			const ready = waitUntilReady({ environment: box.environment, ...options, database: true, onWait });
			expect(await ready).toMatchObject({ kind: "ready", database: { kind: "answers" } });
			await restarted;
			expect(await box.engines()).toEqual([pid]);
			expect(await readNamespaces(box.endpoint)).toContain("kept");
		}, 120_000);

		async function startWithData(
			box: Sandbox,
			name: string,
		): Promise<{ readonly options: EngineOptions; readonly pid: number }> {
			const url = await postgres.createDatabase(name);
			const options: EngineOptions = {
				...box.options,
				storage: { kind: "postgres", url },
				startTimeoutMs: 120_000,
			};
			const { pid } = spawnedHere(await startOrReuse({ ...options, environment: box.environment }));
			await createNamespace(box.endpoint, "kept");
			return { options, pid };
		}
	},
);

/** Asks for the status until it has this answer about the database. */
async function statusWhere(box: Sandbox, options: EngineOptions, kind: "failing" | "answers") {
	return await vi.waitUntil(
		async () => {
			const status = await engineStatus({ ...options, environment: box.environment });
			return status.kind === "running" && status.database.kind === kind ? status : undefined;
		},
		{ timeout: 90_000, interval: 20 },
	);
}
