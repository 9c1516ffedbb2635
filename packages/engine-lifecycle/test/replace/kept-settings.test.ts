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

// Seen to fail: with a host that restarts an engine without a check of its settings, without the comparison of tokens, with
// a record of the last database alone, and with a stop that reads variables which it does not need.

const token = { adminToken: "a-token-of-some-length" } as const;

describe("B42 a setting that an engine was given", () => {
	it("is not lost after a crash: a host that gives another setting does not restart the engine", async () => {
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

	it("is kept if a host that gives the same setting restarts the engine", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, ...token });
		await using host = await supervised(box, token);
		const [pid = 0] = await box.engines();
		process.kill(pid, "SIGKILL");
		await host.event("restarted");
		expect(await status(box.endpoint)).toBeGreaterThanOrEqual(400);
	});

	it("is compared: an engine without a token is not reused if a token is asked for", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const reuse = startOrReuse({ environment: box.environment, ...box.options, ...token });
		const error = await expectEngineError(reuse, "port_occupied");
		expect(error.metadata.hint).toContain("it accepts requests without a token, and a token was asked for");
	});

	it("is found out by a request if the engine has no record", async () => {
		await using box = await sandbox();
		await startByHand(box, box.layout.databasePath);
		const reuse = startOrReuse({ environment: box.environment, ...box.options, ...token });
		const error = await expectEngineError(reuse, "port_occupied");
		expect(error.metadata.hint).toContain("accepts requests without a token");
	});

	it("is returned to a client as the name of its environment variable, without the value", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, ...token });
		const found = await connectionEnvironment({ ...box.options, environment: box.environment });
		expect(found).toMatchObject({ kind: "available", withheld: ["RIVET_TOKEN"] });
		expect(JSON.stringify(found)).not.toContain(token.adminToken);
	});
});

describe("B42 a secret variable that cannot be read", () => {
	it("does not prevent a stop, and causes a warning", async () => {
		await using box = await sandbox();
		const { endpoint } = await startOrReuse({ ...box.options, environment: box.environment });
		const environment = { ...box.environment, RIVETKIT_ENGINE_POSTGRES_URL_FILE: "/no/such/file" };
		await expectEngineError(startOrReuse({ ...box.options, environment }), "invalid_option");
		expect(await stopEngine({ ...box.options, environment })).toMatchObject({ kind: "stopped", endpoint });
	});
});

describe("B42 environment variables, one of which cannot be used", () => {
	it("do not affect variables of another kind, and the error names the first variable if an option needs them", async () => {
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
	it("is still known when an engine returns to that database from another database", async () => {
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
