import { chmod, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { processGone, realEnginePath, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test, vi } from "vitest";
import { askConfiguration, type EngineLaunch, engineCommand } from "../src/index.ts";
import { parseShownConfiguration } from "../src/spawn/shown-configuration.ts";
import { launchOn } from "./launch.ts";

/** The engines that the repository depends on. */
const ENGINES = [
	["2.3.19", realEnginePath()],
	["2.3.17", createRequire(import.meta.url)("engine-cli-2.3.17").getEnginePath() as string],
] as const;

const url = "postgresql://u:s3cret@127.0.0.1:1/d";
const nats = { addresses: ["127.0.0.1:1"], username: "u", password: "s3cret" };

describe.each(ENGINES)("B42 the configuration that the real engine %s shows", (_, engine) => {
	test.each([
		["nothing but its own database", {}, "file-system", "memory", false],
		["PostgreSQL", { postgres: { url } }, "postgres", "memory", false],
		["PostgreSQL and NATS", { postgres: { url }, nats }, "postgres", "nats", false],
		["a token", { auth: { admin_token: "007" } }, "file-system", "memory", true],
		// The engine silently leaves out a key that it does not understand.
		["a misspelt key of PostgreSQL", { postgres: { urll: url } }, "file-system", "memory", false],
		["a misspelt key beside the URL", { postgres: { url, sll: {} } }, "file-system", "memory", false],
		["a misspelt key of NATS", { postgres: { url }, nats: { address: "x" } }, "postgres", "memory", false],
	] as const)("%s", async (_what, file, storage, messaging, hasAdminToken) => {
		const answer = await ask(engine, JSON.stringify(file));
		expect(answer).toEqual({ kind: "shown", shown: { storage, messaging, hasAdminToken, telemetry: false } });
	});

	test("has telemetry on unless the launch turns it off", async () => {
		const answer = await ask(engine, "{}", { telemetry: undefined });
		expect(answer).toMatchObject({ kind: "shown", shown: { telemetry: true } });
	});

	test("is refused with the reason, and without a secret", async () => {
		const answer = await ask(engine, JSON.stringify({ postgress: { url } }));
		expect(answer).toMatchObject({ kind: "refused", exit: { kind: "exited", code: 1 } });
		expect(JSON.stringify(answer)).toContain("unknown field");
		expect(JSON.stringify(answer)).not.toContain("s3cret");
	});
});

describe("B42 a question about the configuration", () => {
	test.each([
		["another program", ["/bin/echo", "Root {"]],
		["a missing program", ["/no/such/program", ""]],
	])("is refused by %s", async (_, [file = "", word = ""]) => {
		expect(await askConfiguration({ file, args: [word], env: {} })).toMatchObject({ kind: "refused" });
	});

	test("is called off together with its process", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "program");
		const note = path.join(folder.path, "pid");
		await writeFile(
			file,
			`#!/bin/sh\necho "$$" >'${note}.tmp' && mv '${note}.tmp' '${note}'\nexec sleep 60\n`,
		);
		await chmod(file, 0o755);
		const asking = new AbortController();
		const answer = askConfiguration({ file, args: [], env: {} }, asking.signal);
		const pid = Number(
			await vi.waitUntil(() => readFile(note, "utf8").catch(() => undefined), { timeout: 10_000 }),
		);
		const reason = new Error("called off");
		asking.abort(reason);
		await expect(answer).rejects.toBe(reason);
		await processGone(pid);
	});

	test("has the answer `unknown` for a storage that is not known yet", () => {
		const printed =
			"Root {\n    database: Some(\n        SlateDb(\n    pubsub: None,\n    telemetry: Telemetry {\n        enabled: true,\n    },\n}";
		expect(parseShownConfiguration(printed)).toMatchObject({ storage: "unknown", messaging: "memory" });
	});
});

async function ask(engine: string, file: string, changes: Partial<EngineLaunch> = {}) {
	await using folder = await temporaryFolder();
	const configPath = path.join(folder.path, "my engine.json");
	await writeFile(configPath, file);
	const launch = launchOn(7000, "", { configPath, databasePath: undefined, ...changes });
	return await askConfiguration(
		engineCommand(launch, { path: engine, version: undefined }, ["config", "show"]),
	);
}
