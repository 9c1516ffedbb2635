import { expect } from "vitest";

/** A program that uses a package as somebody does who has installed nothing else, and what it prints as JSON. */
export interface FirstUse {
	/**
	 * An ES module. It finds a `folder` of its own, a `port` that is free, the `engine`'s path, and `say`, which prints
	 * its result.
	 */
	readonly program: string;
	readonly expected: unknown;
}

/** The first lines of each program. */
export const PROGRAM_START = `
	const { folder, port, engine } = JSON.parse(process.argv[1]);
	const say = (result) => console.log(JSON.stringify(result));
	const place = { endpoint: "http://127.0.0.1:" + port, storageRoot: folder + "/.rivetkit", environment: {} };
`;

/** For each public package, a call that needs what it stands on. */
export const FIRST_USES: Readonly<Record<string, FirstUse>> = {
	"engine-core": {
		program: `
			import { parseEndpoint } from "@rivetkit/engine-core";
			import { withLock } from "@rivetkit/engine-core/lock";
			import { identifyProcess, judgeProcess } from "@rivetkit/engine-core/process";
			import { readReceipt } from "@rivetkit/engine-core/receipt";
			import { isVersionAtLeast } from "@rivetkit/engine-core/version";
			say({
				reach: parseEndpoint("http://localhost:6420").reach,
				lock: await withLock(folder + "/lock", async ({ kind }) => kind),
				judgement: await judgeProcess(await identifyProcess(process.pid)),
				receipt: (await readReceipt(folder + "/binary")).kind,
				isRelease: isVersionAtLeast("2.3.19-rc.1", "2.3.19"),
			});
		`,
		expected: { reach: "loopback", lock: "held", judgement: "alive", receipt: "absent", isRelease: false },
	},
	"engine-health": {
		program: `
			import { probeEngine } from "@rivetkit/engine-health";
			say(await probeEngine(place.endpoint));
		`,
		expected: { kind: "free" },
	},
	"engine-download": {
		program: `
			import { lookAtRelease } from "@rivetkit/engine-download";
			import { artifactName } from "@rivetkit/engine-download/artifact";
			import { checksumForArtifact } from "@rivetkit/engine-download/sha256sums";
			import { sha256File } from "@rivetkit/engine-download/verify";
			const artifact = artifactName({ component: "engine", platform: "linux", arch: "x64" });
			const request = { version: "2.3.19", releasesEndpoint: place.endpoint, environment: {}, asks: true };
			say({
				checksum: checksumForArtifact("0".repeat(64) + "  " + artifact + "\\n", artifact),
				hashed: (await sha256File(engine)).sizeBytes > 0,
				answer: (await lookAtRelease(request)).answer.kind,
			});
		`,
		expected: { checksum: "0".repeat(64), hashed: true, answer: "failed" },
	},
	"engine-resolver": {
		program: `
			import { resolveEnginePath } from "@rivetkit/engine-resolver";
			const { source, version } = await resolveEnginePath({
				binaryPath: engine,
				environment: {},
			});
			say({ source, version });
		`,
		expected: { source: "option", version: "2.3.19" },
	},
	"engine-spawn": {
		program: `
			import { readLogTail, spawnEngine } from "@rivetkit/engine-spawn";
			import { explainExit } from "@rivetkit/engine-spawn/explain";
			const command = { file: engine, args: ["--version"], env: {} };
			const { exited, logs } = await spawnEngine({ command, logsFolder: folder + "/logs" });
			// A spawned engine does not keep its program alive.
			const alive = setInterval(() => {}, 1000);
			const status = await exited;
			clearInterval(alive);
			const lines = await readLogTail(logs.stdout, 50);
			say({ status, isLogged: lines.some((line) => line.includes("2.3.19")), explain: typeof explainExit });
		`,
		expected: { status: { kind: "exited", code: 0 }, isLogged: true, explain: "function" },
	},
	"engine-inspect": {
		program: `
			import net from "node:net";
			import { checkPorts } from "@rivetkit/engine-inspect";
			const wanted = [{ role: "guard", host: "127.0.0.1", port }];
			const before = await checkPorts(wanted);
			const server = net.createServer().listen(port, "127.0.0.1");
			await new Promise((resolve) => server.once("listening", resolve));
			const [taken] = await checkPorts(wanted);
			server.close();
			say({ before, code: taken.code });
		`,
		expected: { before: [], code: "EADDRINUSE" },
	},
	"engine-config": {
		program: `
			import { describeOrigin, readEngineConfiguration } from "@rivetkit/engine-config";
			const variables = { HOME: folder, RIVET_RUN_ENGINE_PORT: "7000" };
			const { endpoint } = readEngineConfiguration({}, variables);
			say({ url: endpoint.value.url, origin: describeOrigin(endpoint.origin) });
		`,
		expected: { url: "http://127.0.0.1:7000", origin: expect.stringContaining("RIVET_RUN_ENGINE_PORT") },
	},
	"engine-instances": {
		program: `
			import { listInstances } from "@rivetkit/engine-instances";
			const { storageRoot, environment } = place;
			say(await listInstances({ storageRoot, environment }));
		`,
		expected: [],
	},
	"engine-lifecycle": {
		program: `
			import { engineStatus } from "@rivetkit/engine-lifecycle";
			import { databaseChange } from "@rivetkit/engine-lifecycle/decisions";
			import { runEngine } from "@rivetkit/engine-lifecycle/foreground";
			const change = databaseChange({ starting: "2.3.17", last: "2.3.19", rivetkit: undefined });
			say({ status: (await engineStatus(place)).kind, run: typeof runEngine, change });
		`,
		expected: {
			status: "not-running",
			run: "function",
			change: { kind: "rollback", from: "2.3.19", isCertain: true },
		},
	},
	"engine-ephemeral": {
		program: `
			import { startEphemeralEngine } from "@rivetkit/engine-ephemeral";
			import { setup } from "@rivetkit/engine-ephemeral/vitest";
			const throwAway = await startEphemeralEngine({ binaryPath: engine });
			const { ok } = await fetch(throwAway.endpoint + "/health");
			await throwAway[Symbol.asyncDispose]();
			say({ ok, setup: typeof setup });
		`,
		expected: { ok: true, setup: "function" },
	},
	"engine-doctor": {
		program: `
			import { diagnoseEngine } from "@rivetkit/engine-doctor";
			const { wouldStart } = await diagnoseEngine({ ...place, binaryPath: engine });
			say(wouldStart.kind);
		`,
		expected: "start",
	},
	"engine-manager": {
		program: `
			import { engineStatus, findEngineBinary } from "@rivetkit/engine-manager";
			const { version } = await findEngineBinary({ ...place, binaryPath: engine });
			say({ status: (await engineStatus(place)).kind, version });
		`,
		expected: { status: "not-running", version: "2.3.19" },
	},
	"engine-manager-cli": {
		program: `
			import { runCommandLine } from "@rivetkit/engine-manager-cli";
			let written = "";
			const stdout = { write: (text) => (written += text) };
			const args = ["status", "--json", "--endpoint", place.endpoint, "--storage-root", place.storageRoot];
			const { signal } = new AbortController();
			const code = await runCommandLine(args, { stdout, stderr: stdout, environment: {}, signal });
			say({ code, kind: JSON.parse(written).kind });
		`,
		expected: { code: 3, kind: "not-running" },
	},
};
