import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { realEnginePath, realEngineVersion, serveStatus } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { launch, run, target } from "./tool.ts";

// Seen to fail with the exit codes of `wait`, `env` and `doctor` all 0, without a cure, with a silent `wait`, with
// `--dry-run` ignored, with an unquoted value, with a failed removal counted as success, without `unset`, and without a
// document if nothing runs.

describe("B38 rivet-enginectl list", () => {
	it("prints a row for each instance, and below the rows what they have no column for", async () => {
		await using box = await sandbox();
		const storage = ["--storage-root", box.storageRoot];
		expect(await run(box, ["list", ...storage])).toMatchObject({
			code: 0,
			stdout: `No engine is recorded in '${box.storageRoot}'.\n`,
		});
		await run(box, ["start", ...target(box), "--json"]);
		await plantRemains(box, "second");
		const { code, stdout } = await run(box, ["list", ...storage]);
		expect(code).toBe(0);
		const [headings, first, second, , remark] = stdout.split("\n");
		expect(headings).toMatch(/^INSTANCE +STATE +ENDPOINT +VERSION +PID +UPTIME$/);
		expect(first).toMatch(
			new RegExp(`^\\(default\\) +running +${box.endpoint} +${realEngineVersion} +\\d+ +\\d+ s$`),
		);
		expect(second).toMatch(/^second +stopped .* - +-$/);
		expect(remark).toBe(`second: its port is used by the engine of '${box.layout.databasePath}' now`);
		const document = JSON.parse((await run(box, ["list", "--json", ...storage])).stdout);
		expect(document).toMatchObject([{ kind: "running" }, { kind: "stopped", name: "second" }]);
	});
});

describe("B38 rivet-enginectl prune", () => {
	it("names each file that it removes or would remove, and each that it keeps and why", async () => {
		await using box = await sandbox();
		const args = ["prune", "--storage-root", box.storageRoot, "--keep-logs", "0"];
		const { record, layout } = await plantRemains(box);
		const planned = await run(box, [...args, "--dry-run"]);
		expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining("14 B would be free again.") });
		expect(existsSync(record.logs.stdout)).toBe(true);
		const { stdout } = await run(box, args);
		expect(stdout).toContain(`removed ${record.logs.stdout}\n`);
		expect(stdout).toContain(`kept ${layout.recordPath}: its database is there`);
		expect(existsSync(record.logs.stdout)).toBe(false);
		expect(JSON.parse((await run(box, [...args, "--json"])).stdout)).toMatchObject({
			removed: [],
			freedBytes: 0,
		});
		await rm(layout.databasePath, { recursive: true });
		await rm(layout.lockFolder, { recursive: true });
		await writeFile(layout.lockFolder, "");
		expect(await run(box, args)).toMatchObject({
			code: 1,
			stdout: "",
			stderr: expect.stringContaining(`could not remove ${layout.folder}: its lock cannot be taken: `),
		});
	});
});

describe("B38 rivet-enginectl wait", () => {
	it("says after a second of waiting what it waits for, and is silent before", async () => {
		await using box = await sandbox();
		const waiting = launch(box, ["wait", ...target(box)]);
		const exited = once(waiting, "exit");
		const words = createInterface(waiting.stderr)[Symbol.asyncIterator]();
		expect((await words.next()).value).toBe(
			`Waiting for an engine at ${box.endpoint}: nothing listens there ...`,
		);
		await run(box, ["start", ...target(box), "--json"]);
		expect(await exited).toEqual([0, null]);
		expect(await run(box, ["wait", "--database", ...target(box)])).toEqual({
			code: 0,
			stdout: `Rivet engine ${realEngineVersion} is ready at ${box.endpoint}, and its database answers.\n`,
			stderr: "",
		});
	});

	it("exits with 3 if nothing runs when time is up, and with 1 if the server there is not ready", async () => {
		await using box = await sandbox();
		const args = ["wait", "--timeout", "50", ...target(box)];
		expect(await run(box, args)).toMatchObject({
			code: 3,
			stdout: "",
			stderr: expect.stringContaining(`No engine is running at ${box.endpoint} after`),
		});
		await using _server = await serveStatus(200, "", "text/html", { port: box.port });
		expect(await run(box, args)).toMatchObject({ code: 1, stderr: expect.stringContaining("is not ready") });
		const document = JSON.parse((await run(box, [...args, "--json"])).stdout);
		expect(document).toMatchObject({ kind: "not-ready", endpoint: box.endpoint });
	});
});

describe("B38 rivet-enginectl env", () => {
	it("prints variables that a shell evaluates, and by which another host finds the engine", async () => {
		await using box = await sandbox();
		await run(box, ["start", ...target(box), "--json"]);
		const { code, stdout } = await run(box, ["env", ...target(box)]);
		expect(code).toBe(0);
		const evaluated = spawnSync("sh", ["-c", `${stdout}\nexec env`], { encoding: "utf8", env: {} }).stdout;
		const variables = Object.fromEntries(
			evaluated
				.split("\n")
				.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
		);
		expect(variables).toMatchObject({
			RIVET_ENDPOINT: box.endpoint,
			RIVET_ENGINE_BINARY: realEnginePath(),
			RIVET_RUN_SERVICES: "0",
			// The folder has a blank in its name, which needs the quotes.
			RIVETKIT_STORAGE_PATH: box.folder,
		});
		const status = await run(box, ["status"], variables);
		expect(status).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(box.endpoint) });
		const others = { RIVET_ENGINE: "http://127.0.0.1:1", RIVET_ENGINE_BINARY_PATH: "/nowhere" };
		const overridden = await run(box, ["env", "--endpoint", box.endpoint, ...target(box)], others);
		expect(overridden.stdout).toMatch(/^unset RIVET_ENGINE\nunset RIVET_ENGINE_BINARY_PATH\nexport /);
		expect(overridden.stderr).toContain("warning: RIVET_ENGINE is unset");
		const dotenv = await run(box, ["env", "--format", "dotenv", ...target(box)]);
		expect(dotenv.stdout.split("\n")[0]).toBe(`RIVET_ENDPOINT='${box.endpoint}'`);
		const json = await run(box, ["env", "--json", ...target(box)]);
		expect(JSON.parse(json.stdout)).toMatchObject({ RIVET_ENDPOINT: box.endpoint });
	});

	it("prints no variables if nothing runs, and never a token", async () => {
		await using box = await sandbox();
		expect(await run(box, ["env", "--download"]), "nothing is downloaded for `env`").toMatchObject({
			code: 2,
		});
		const document = JSON.parse((await run(box, ["env", "--json", ...target(box)])).stdout);
		expect(document).toMatchObject({ kind: "not-running", endpoint: box.endpoint });
		const { storageRoot } = box;
		const nowhere = await run(box, ["env", "--storage-root", storageRoot, "--instance", "nope"]);
		expect(nowhere).toMatchObject({
			code: 3,
			stderr: expect.stringContaining("No engine of instance 'nope' is running."),
		});
		expect(await run(box, ["env", ...target(box)])).toMatchObject({
			code: 3,
			stdout: "",
			stderr: expect.stringContaining("rivet-enginectl start"),
		});
		await run(box, ["start", ...target(box), "--json"]);
		const endpoint = `http://space:s3cret@127.0.0.1:${box.port}`;
		const { stdout, stderr } = await run(box, ["env", "--endpoint", endpoint]);
		expect(stdout + stderr).not.toContain("s3cret");
		expect(stderr).toContain("RIVET_NAMESPACE and RIVET_TOKEN");
	});
});

describe("B38 rivet-enginectl doctor", () => {
	it("says what a start would do, and exits with 0 if it would succeed", async () => {
		await using box = await sandbox();
		const { code, stdout, stderr } = await run(box, ["doctor", ...target(box)]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		for (const line of [
			/^storageRoot +.+ +flag --storage-root$/m,
			/^autoDownload +true +default of this tool$/m,
			/^version +\S+ +default$/m,
			/^Not set: .*bindHost/m,
			/^ {2}- {8}cache: '.+' does not exist\.$/m,
			/^ {2}ok +npm: '.+' is engine .+ and would be used\.$/m,
		]) {
			expect(stdout).toMatch(line);
		}
		expect(stdout).toContain(`\n\`start\` would run '${realEnginePath()}' at ${box.endpoint}.\n`);
		expect(stdout).not.toContain("PROBLEM");
	});

	it("marks problems, says what to do about each, and exits with 1", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await writeFile(box.layout.recordPath, "garbage");
		await using _server = await serveStatus(404, "", "text/plain", { port: box.port });
		const { code, stdout } = await run(box, ["doctor", ...target(box)], {
			RIVETKIT_ENGINE_AUTO_DOWNLOAD: "no",
		});
		expect(code).toBe(1);
		expect(stdout).toMatch(/^autoDownload +false +variable RIVETKIT_ENGINE_AUTO_DOWNLOAD$/m);
		expect(stdout).toMatch(
			/\nEndpoint\n {2}PROBLEM .+\n {11}-> Stop 'node' \(pid \d+\), or choose another port/,
		);
		expect(stdout).toMatch(/\nRecords\n {2}note .+\n {11}-> Make sure that no engine uses '/);
		expect(stdout).toContain("\n`start` would FAIL. See above: Endpoint.\n");
		const flagged = await run(box, ["doctor", "--no-download", ...target(box)]);
		expect(flagged.stdout).toMatch(/^autoDownload +false +flag --no-download$/m);
		const document = JSON.parse((await run(box, ["doctor", "--json", ...target(box)])).stdout);
		expect(document).toMatchObject({
			wouldStart: { kind: "fail", areas: ["endpoint"] },
			settings: expect.any(Array),
		});
	});

	it("reports an unusable variable as a finding, and an unusable flag as bad usage", async () => {
		await using box = await sandbox();
		const wrong = await run(box, ["doctor"], { RIVET_RUN_ENGINE_PORT: "many" });
		expect(wrong).toMatchObject({
			code: 1,
			stdout: expect.stringContaining("unset `RIVET_RUN_ENGINE_PORT`"),
		});
		expect(await run(box, ["doctor", "--bind-port", "0"])).toMatchObject({ code: 2, stdout: "" });
	});
});
