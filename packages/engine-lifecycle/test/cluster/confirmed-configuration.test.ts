import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expectEngineError, realEnginePath } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import type { Sandbox } from "../sandbox.ts";
import { clusterSandbox } from "./cluster-sandbox.ts";

// Seen to fail: without `confirmConfiguration`. No test needs a server, since the start is refused before a server is asked.

const POSTGRES: EngineOptions["storage"] = {
	kind: "postgres",
	url: "postgres://rivet:pass@127.0.0.1:1/rivet",
};
const NATS: EngineOptions["messaging"] = { kind: "nats", addresses: ["127.0.0.1:1"] };

const OTHER_STORAGE = "it would use the storage 'file-system' instead of 'postgres'";
const OTHER_MESSAGING = "it would use the messaging 'memory' instead of 'nats'";
const OTHER_TOKEN = "it would run without the admin token";

describe("B42 an engine that misunderstands its configuration", () => {
	// A misspelt key of PostgreSQL or NATS makes the engine silently ignore all keys of that server.
	it.each([
		["no URL of PostgreSQL", { storage: POSTGRES }, 's/"url"/"urll"/', OTHER_STORAGE],
		["no PostgreSQL at all", { storage: POSTGRES }, "1s/^{$/{}/;1!d", OTHER_STORAGE],
		[
			"no addresses of NATS",
			{ storage: POSTGRES, messaging: NATS },
			's/"addresses"/"addressess"/',
			OTHER_MESSAGING,
		],
		["no token", { storage: POSTGRES, adminToken: "007" }, '/"auth"/,/}/d;s/^\t},$/\t}/', OTHER_TOKEN],
		["no token, with its own storage", { adminToken: "007" }, '/"auth"/,/}/d', OTHER_TOKEN],
	] as const)("is not started if it would have %s", async (_title, options, edit, reason) => {
		await using box = await clusterSandbox();
		const { error, calls } = await refusedStart(box, options, edit);
		expect(error.message).toBe(`The engine was not started, since ${reason}.`);
		expect(error.metadata).toMatchObject({ path: box.layout.configPath, reason });
		expect(error.metadata.hint).toContain(box.layout.configPath);
		expect(calls.map((call) => call.replace(box.layout.configPath, "FILE"))).toEqual([
			"--config FILE config show",
		]);
	});

	it("is not started if it refuses the configuration, and the error contains the engine's message", async () => {
		await using box = await clusterSandbox();
		const { error } = await refusedStart(box, { storage: POSTGRES }, 's/"postgres"/"postgress"/');
		expect(error.message).toContain("it does not say how it understands its configuration: ");
		expect(error.message).toContain("unknown field `postgress`");
	});

	it("is not started if it would send telemetry, with the PostgreSQL URL, although telemetry is off", async () => {
		await using box = await clusterSandbox();
		const { error } = await refusedStart(
			box,
			{ storage: POSTGRES },
			"",
			"export RIVET__TELEMETRY__ENABLED=true",
		);
		expect(error.message).toContain("it would send telemetry to Rivet although that is turned off");
	});

	it("is started by the same program without a change of its configuration", async () => {
		await using box = await clusterSandbox();
		const { file, calls } = await rewriting(box, "");
		await startOrReuse({ environment: box.environment, ...box.options, adminToken: "007", binaryPath: file });
		expect((await calls()).map((call) => call.split(" ").at(0))).toEqual(["--config", "start"]);
		expect(await box.engines()).toHaveLength(1);
	});
});

/** Expects a start to be refused before an engine is spawned, recorded, or given a database. */
async function refusedStart(box: Sandbox, options: EngineOptions, edit: string, before = "") {
	const { file, calls } = await rewriting(box, edit, before);
	const events: EngineEvent["kind"][] = [];
	const onEvent = ({ kind }: EngineEvent): void => void events.push(kind);
	const start = startOrReuse({
		environment: box.environment,
		...box.options,
		...options,
		binaryPath: file,
		onEvent,
	});
	const error = await expectEngineError(start, "config_invalid");
	expect(events).not.toContain("spawned");
	expect(existsSync(box.layout.recordPath)).toBe(false);
	expect(existsSync(path.join(box.layout.databasePath, "CURRENT"))).toBe(false);
	return { error, calls: await calls() };
}

/** Writes a program that runs the real engine on a copy of each `--config FILE`, which `sed` has edited. */
async function rewriting(box: Sandbox, edit: string, before = "") {
	const file = path.join(box.folder, "rewriting-engine");
	const [copy, log] = [path.join(box.folder, "copy.json"), path.join(box.folder, "calls")];
	const script = `#!/bin/sh
[ "$1" = --version ] && exec '${realEnginePath()}' --version
echo "$*" >> '${log}'
${before}
for argument do
	shift
	if [ "$previous" = --config ]; then
		sed '${edit}' "$argument" > '${copy}'
		set -- "$@" '${copy}'
	else
		set -- "$@" "$argument"
	fi
	previous=$argument
done
exec '${realEnginePath()}' "$@"
`;
	await writeFile(file, script, { mode: 0o755 });
	const calls = async (): Promise<readonly string[]> => (await readFile(log, "utf8")).trim().split("\n");
	return { file, calls };
}
