import { expectEngineError, olderEnginePath } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { connectionEnvironment } from "../../src/status/connection-environment.ts";
import { engineStatus } from "../../src/status/engine-status.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { startByHand } from "../by-hand.ts";
import { plantRemains } from "../planted-record.ts";
import { sandbox } from "../sandbox.ts";
import { supervised } from "../supervised.ts";

// Seen to fail with a host that restarts whatever it has watched, with a token that nobody compares, with the version
// of the database that was used last alone, and with variables that a stop has no use for.

const token = { adminToken: "a-token-of-some-length" } as const;

describe("B42 what an engine was given", () => {
	it("is not lost by a host that restarts it after a crash, and gives something else", async () => {
		await using box = await sandbox();
		const first = await startOrReuse({ environment: box.environment, ...box.options, ...token });
		await using host = await supervised(box);
		const { exited } = host.engine;
		await first[Symbol.asyncDispose]();
		const [pid = 0] = await box.engines();
		process.kill(pid, "SIGKILL");
		await exited;
		expect(host.lifecycle().map(({ kind }) => kind)).toEqual(["crashed"]);
		expect(JSON.stringify(host.logger.entries)).toContain("it was started with adminToken");
		expect(await box.engines()).toEqual([]);
	});

	it("comes back by a host that gives the same", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, ...token });
		await using host = await supervised(box, token);
		const [pid = 0] = await box.engines();
		process.kill(pid, "SIGKILL");
		await host.event("restarted");
		expect(await status(box.endpoint)).toBeGreaterThanOrEqual(400);
	});

	it("is compared: an engine that lets everybody in is not reused where a token is asked for", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const reuse = startOrReuse({ environment: box.environment, ...box.options, ...token });
		const error = await expectEngineError(reuse, "port_occupied");
		expect(error.metadata.hint).toContain("it lets everybody in, and a token was asked for");
	});

	it("is asked of an engine that nobody has recorded", async () => {
		await using box = await sandbox();
		await startByHand(box, box.layout.databasePath);
		const reuse = startOrReuse({ environment: box.environment, ...box.options, ...token });
		const error = await expectEngineError(reuse, "port_occupied");
		expect(error.metadata.hint).toContain("lets everybody in");
	});

	it("is told to who wants to connect, by the name of the variable", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, ...token });
		const found = await connectionEnvironment({ ...box.options, environment: box.environment });
		expect(found).toMatchObject({ kind: "available", withheld: ["RIVET_TOKEN"] });
		expect(JSON.stringify(found)).not.toContain(token.adminToken);
	});
});

describe("B42 a variable of a secret that cannot be had", () => {
	it("does not keep an engine from being stopped, and is warned of", async () => {
		await using box = await sandbox();
		const { endpoint } = await startOrReuse({ ...box.options, environment: box.environment });
		const environment = { ...box.environment, RIVETKIT_ENGINE_POSTGRES_URL_FILE: "/no/such/file" };
		await expectEngineError(startOrReuse({ ...box.options, environment }), "invalid_option");
		expect(await stopEngine({ ...box.options, environment })).toMatchObject({ kind: "stopped", endpoint });
	});
});

describe("B42 variables of which one cannot be used", () => {
	it("leave those of another kind as they are, and are told by the first if an option needs them", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, ...token });
		const environment = {
			...box.environment,
			RIVETKIT_ENGINE_POSTGRES_URL_FILE: "/no/such/file",
			RIVETKIT_ENGINE_NATS_ADDRESSES: "127.0.0.1:1",
			RIVETKIT_ENGINE_ADMIN_TOKEN: token.adminToken,
		};
		expect(await engineStatus({ ...box.options, environment })).toMatchObject({
			database: { kind: "answers" },
		});
		const messaging = { kind: "nats", addresses: ["127.0.0.1:1"] } as const;
		const asked = engineStatus({ environment, ...box.options, messaging });
		expect((await expectEngineError(asked, "invalid_option")).message).toContain("/no/such/file");
	});
});

describe("B29 B42 the version of a database", () => {
	it("is known again when an engine comes back to it from another", async () => {
		await using box = await sandbox();
		const { rewrite } = await plantRemains(box);
		await rewrite({ postgres: "h:1/a", lastDatabaseVersion: null, otherDatabases: { "": "2.3.19" } });
		const start = startOrReuse({
			environment: box.environment,
			...box.options,
			binaryPath: olderEnginePath(),
		});
		const error = await expectEngineError(start, "version_rollback");
		expect(error.metadata["lastDatabaseVersion"]).toBe("2.3.19");
		expect(await box.engines()).toEqual([]);
	});
});

async function status(endpoint: string): Promise<number> {
	return (await fetch(`${endpoint}/namespaces`)).status;
}
