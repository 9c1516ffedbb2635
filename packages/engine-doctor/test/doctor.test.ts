import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { withLock } from "@rivetkit/engine-core/lock";
import { identifyProcess } from "@rivetkit/engine-core/process";
import {
	createFakeEngine,
	expectEngineError,
	olderEnginePath,
	realEnginePath,
	realEngineVersion,
	runUpstreamHost,
	serveRequests,
	serveStatus,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { listInstances } from "../../engine-instances/src/list/list-instances.ts";
import { openContext } from "../../engine-lifecycle/src/context.ts";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { freeze } from "../../engine-lifecycle/test/freeze.ts";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { mayMount, runOnDisk } from "../../engine-lifecycle/test/run-on-disk.ts";
import { builtPackage, type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { checkDatabase } from "../src/checks/check-database.ts";
import { checkPorts } from "../src/checks/check-ports.ts";
import { type DiagnoseOptions, diagnoseEngine } from "../src/diagnose-engine.ts";
import type { Finding } from "../src/finding.ts";
import { observe } from "../src/observations.ts";

// How these tests were seen to fail: each fault with the line of its check-*.ts that finds it taken out, or with its
// level lowered; the others with the release servers asked always or never, with values in place of names, with the
// trial file or the folder of locks left behind, with a running engine not counted as enough, with a restart foreseen
// nowhere or everywhere, with one look at an engine that is ending, with ports bound under a lock, or once, with a
// database that is waited for nowhere, everywhere, or before a restart, and with only records to tell of a token.

/** What is wrong, as a diagnosis and a start are told of it. */
interface Fault {
	readonly options?: EngineOptions;
	readonly variables?: Readonly<Record<string, string>>;
}

/** Something that the fault needs, which is disposed of after the test. */
type Keep = <Resource extends AsyncDisposable>(resource: Resource) => Resource;

interface PlantedFault {
	readonly title: string;
	/** Which finding it shall lead to. */
	readonly expected: Pick<Finding, "area" | "level">;
	/** What its message and its cure must say, with what the plant has made. */
	readonly plant: (
		box: Sandbox,
		keep: Keep,
	) => Promise<Fault & { readonly message: readonly string[]; readonly cure: readonly string[] }>;
}

const FAULTS: readonly PlantedFault[] = [
	{
		title: "1 another server is at the endpoint",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveStatus(404, "no such page", "text/html", { port: box.port }));
			return {
				message: [`'node' (pid ${process.pid})`, box.endpoint, "404"],
				cure: [`Stop 'node' (pid ${process.pid})`, "`--bind-port`"],
			};
		},
	},
	{
		title: "2 only the port above the guard's is taken",
		expected: { area: "ports", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveStatus(200, "", "text/plain", { port: box.port + 1 }));
			return {
				message: [`${box.port + 1} (api-peer, held by 'node' with pid ${process.pid})`],
				cure: ["`--bind-port`"],
			};
		},
	},
	{
		title: "3 the binary that a variable names is not there",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "nowhere", "rivet-engine");
			return {
				variables: { RIVET_ENGINE_BINARY: file },
				message: [`'${file}'`],
				cure: ["`RIVET_ENGINE_BINARY`"],
			};
		},
	},
	{
		title: "4 there is no binary anywhere, and downloading is off",
		expected: { area: "binary", level: "problem" },
		plant: async () => ({
			options: { version: "0.0.1" },
			message: ["No place has a binary of engine 0.0.1"],
			cure: ["npm install -D @rivetkit/engine-cli@0.0.1", "`--download`", "RIVETKIT_ENGINE_AUTO_DOWNLOAD=1"],
		}),
	},
	{
		title: "5 the binary lacks the right to be executed",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "rivet-engine");
			await writeFile(file, "#!/bin/sh\n", { mode: 0o644 });
			return {
				options: { binaryPath: file },
				message: ["its mode is 0644"],
				cure: [`chmod +x '${file}'`, "`binaryPath`"],
			};
		},
	},
	{
		title: "5 the binary is truncated",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "rivet-engine");
			await copyFile(realEnginePath(), file);
			await chmod(file, 0o755);
			await truncate(file, 1_000_000);
			return {
				options: { binaryPath: file },
				message: ["it is truncated: it has 1000000 bytes"],
				cure: ["Fetch it again", "`binaryPath`"],
			};
		},
	},
	{
		title: "6 the record of the last start is garbage",
		expected: { area: "records", level: "notice" },
		plant: async (box) => {
			await mkdir(box.layout.folder, { recursive: true });
			await writeFile(box.layout.recordPath, '{"format":1,');
			return {
				message: ["it is not JSON"],
				cure: [`no engine uses '${box.layout.databasePath}'`, "rivet-enginectl start"],
			};
		},
	},
	{
		title: "6 the record of the last start cannot be read",
		expected: { area: "records", level: "notice" },
		plant: async (box) => {
			await mkdir(box.layout.recordPath, { recursive: true });
			return {
				message: ["EISDIR"],
				cure: [`Make '${box.layout.recordPath}' a file that this user can read`],
			};
		},
	},
	{
		title: "7 an engine of ours at another port has the database",
		expected: { area: "database", level: "problem" },
		plant: async (box) => {
			const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
			if (startup.kind !== "spawned") throw new Error("It was not spawned.");
			return {
				options: { bindPort: await box.anotherPort() },
				message: [`in use by the engine at '${box.endpoint}' (pid ${startup.pid})`],
				cure: [
					`\`rivet-enginectl stop --storage-root '${box.storageRoot}' --endpoint ${box.endpoint}\``,
					"`--instance`",
				],
			};
		},
	},
	{
		title: "7 an engine of rivetkit's at another port has the database",
		expected: { area: "database", level: "problem" },
		plant: async (box, keep) => {
			const host = keep(runUpstreamHost({ storageRoot: box.storageRoot, port: box.port }, box.environment));
			const { pid } = JSON.parse(await host.nextLine());
			return {
				options: { bindPort: await box.anotherPort() },
				message: [`'rivet-engine' (pid ${pid}), which listens on port ${box.port}`],
				cure: [`Stop process ${pid}`, "`--instance`"],
			};
		},
	},
	{
		title: "8 a newer engine has used the database",
		expected: { area: "database", level: "problem" },
		plant: async (box) => {
			const { rewrite } = await plantRemains(box);
			await rewrite({ lastDatabaseVersion: "9.8.7" });
			return {
				message: [`Engine ${realEngineVersion} is older than 9.8.7`],
				cure: ["Use engine 9.8.7 or newer", "`--instance`"],
			};
		},
	},
	{
		title: "9 a file is in the place of the storage root",
		expected: { area: "storage", level: "problem" },
		plant: async (box) => {
			await writeFile(box.storageRoot, "");
			return {
				message: [`'${box.storageRoot}'`],
				cure: ["no file is in its way", "`RIVETKIT_STORAGE_PATH`"],
			};
		},
	},
	{
		title: "10 a living process has the instance's lock",
		expected: { area: "locks", level: "notice" },
		plant: async (box, keep) => {
			keep(await holdLock(box.layout.lockFolder));
			return {
				options: { lockTimeoutMs: 300 },
				message: [`held by process ${process.pid}, which is alive, a test`],
				cure: [`Let process ${process.pid} finish`],
			};
		},
	},
	{
		title: "10 a process that cannot be judged has the lock of the port",
		expected: { area: "locks", level: "notice" },
		plant: async (box) => {
			const folder = path.join(box.folder, `rivet-engine-${process.getuid?.()}`, `ports-${box.port}`);
			await mkdir(folder, { recursive: true, mode: 0o700 });
			const owner = { ...(await identifyProcess(process.pid)), pidNamespace: "pid:[1]" };
			const createdAt = new Date().toISOString();
			const record = { format: 1, owner, nonce: "a nonce", purpose: "a test", createdAt };
			await writeFile(path.join(folder, "g1"), JSON.stringify(record));
			return {
				options: { lockTimeoutMs: 300 },
				message: [`The lock of port ${box.port}`, "cannot be judged from here", createdAt],
				cure: ["`--lock-timeout`"],
			};
		},
	},
	{
		title: "11 the proxy's variable is no URL, and an engine has to be downloaded",
		expected: { area: "releases", level: "problem" },
		plant: async () => ({
			options: { version: "0.0.1", autoDownload: true },
			variables: { HTTPS_PROXY: "a s3cret in the wrong place" },
			message: ["`HTTPS_PROXY` is no URL"],
			cure: ["Set `HTTPS_PROXY` to a URL", "`NO_PROXY`"],
		}),
	},
	{
		title: "12 the recorded pid is another process's by now",
		expected: { area: "records", level: "notice" },
		plant: async (box, keep) => {
			const { rewrite } = await plantRemains(box);
			const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
			keep({ [Symbol.asyncDispose]: async () => void stranger.kill("SIGKILL") });
			const identity = await identifyProcess(stranger.pid ?? 0);
			if (identity === undefined) throw new Error("The process could not be identified.");
			await rewrite({ identity: { ...identity, startTime: "1" } });
			// The database of the remains is none that an engine could use.
			await rm(box.layout.databasePath, { recursive: true });
			return {
				message: ["its pid is another process's now"],
				cure: [`Leave process ${stranger.pid} alone`],
			};
		},
	},
	{
		title: "13 the engine at the endpoint is alive and stuck",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			const { startup } = await startOrReuse({ ...box.options, environment: box.environment });
			if (startup.kind !== "spawned") throw new Error("It was not spawned.");
			await freeze(startup.pid);
			return {
				options: { startTimeoutMs: 300 },
				message: [`(pid ${startup.pid}) is alive, but slow or stuck`],
				cure: ["rivet-enginectl stop"],
			};
		},
	},
	{
		title: "14 a variable cannot be used",
		expected: { area: "settings", level: "problem" },
		plant: async () => ({
			variables: { RIVETKIT_ENGINE_SPAWN: "sometimes" },
			message: ["'sometimes'", "auto, always, never"],
			cure: ["`RIVETKIT_ENGINE_SPAWN`"],
		}),
	},
	{
		title: "14 the file of a secret, which a variable names, cannot be read",
		expected: { area: "settings", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "gone");
			return {
				variables: { RIVETKIT_ENGINE_POSTGRES_URL_FILE: file },
				message: ["'RIVETKIT_ENGINE_POSTGRES_URL_FILE'", `'${file}'`, "ENOENT"],
				cure: ["`RIVETKIT_ENGINE_POSTGRES_URL_FILE`"],
			};
		},
	},
	{
		title: "15 nothing runs, and starting is turned off",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => ({
			options: { spawn: "never" },
			message: [`Nobody listens at '${box.endpoint}'`],
			cure: ["`RIVETKIT_ENGINE_SPAWN`", "`auto`"],
		}),
	},
	{
		title: "16 an engine of another version runs, and that is not accepted",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.98" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "error" },
				message: [`is ${realEngineVersion}; 2.3.98 was expected`],
				cure: ["rivet-enginectl stop"],
			};
		},
	},
	{
		title: "16 a newer engine runs, and an older one is to take its place",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.1" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "restart" },
				message: ["It was not restarted: Engine 2.3.1 is not newer than the one that runs"],
				cure: [`Use an engine newer than ${realEngineVersion}`],
			};
		},
	},
	{
		title: "16 an engine of another version runs, is to be replaced, and starting is turned off",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			await startOrReuse({ ...box.options, environment: box.environment });
			const fake = keep(await createFakeEngine({ version: "2.3.98" }));
			return {
				options: { binaryPath: fake.path, onVersionMismatch: "restart", spawn: "never" },
				message: ["It was not restarted: starting an engine is turned off"],
				cure: ["rivet-enginectl stop"],
			};
		},
	},
	{
		title: "16 an engine with a token is to be replaced by one without",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			const older = { binaryPath: olderEnginePath(), adminToken: "s3cret-token" };
			await startOrReuse({ environment: box.environment, ...box.options, ...older });
			return {
				options: { onVersionMismatch: "restart" },
				message: ["It was not restarted: it was started with adminToken"],
				cure: ["that it was started with", "rivet-enginectl stop"],
			};
		},
	},
	{
		title: "17 the endpoint is none that an engine can serve",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => ({
			options: { bindPort: undefined, endpoint: `https://127.0.0.1:${box.port}` },
			message: ["speaks http, not https"],
			cure: ["such as http://127.0.0.1:6420"],
		}),
	},
	{
		title: "18 inherited variables would move the engine to another database",
		expected: { area: "settings", level: "notice" },
		plant: async () => ({
			variables: { RIVET__POSTGRES__URL: "postgres://u:s3cret@h/d" },
			message: ["`RIVET__POSTGRES__URL`"],
			cure: ["Unset `RIVET__POSTGRES__URL`"],
		}),
	},
	{
		title: "19 the engine wants a token, none is given, and its database is waited for",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			await startOrReuse({ environment: box.environment, ...box.options, adminToken: "s3cret-token" });
			return {
				options: { ready: "database" },
				message: ["wants a token", "none is given"],
				cure: ["`--admin-token-file`", "`--ready health`"],
			};
		},
	},
	{
		title: "19 the engine wants another token, and its database is waited for",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box) => {
			await startOrReuse({ environment: box.environment, ...box.options, adminToken: "s3cret-token" });
			return {
				options: { ready: "database", adminToken: "s3cret-other" },
				message: ["wants another token"],
				cure: ["`--admin-token-file`", "`--ready health`"],
			};
		},
	},
	{
		title: "20 the engine's database does not answer, and is waited for",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveEngine(box.port, 500));
			return {
				options: { ready: "database", startTimeoutMs: 300 },
				message: ["cannot read its database: unexpected status 500"],
				cure: ["rivet-enginectl logs", "`--ready health`"],
			};
		},
	},
	{
		title: "21 the engine lets everybody in, and a token is asked for",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveEngine(box.port, 200));
			return {
				options: { adminToken: "s3cret-token" },
				message: ["lets everybody in"],
				cure: ["rivet-enginectl stop"],
			};
		},
	},
	{
		title: "21 PostgreSQL is asked for, and where the engine has its data cannot be told",
		expected: { area: "endpoint", level: "problem" },
		plant: async (box, keep) => {
			keep(await serveEngine(box.port, 200));
			return {
				options: { storage: { kind: "postgres", url: "postgresql://rivet:s3cret@127.0.0.1:1/rivet" } },
				message: ["cannot be told where its data is", "PostgreSQL at 127.0.0.1:1/rivet was asked for"],
				cure: ["rivet-enginectl stop", "`--bind-port`"],
			};
		},
	},
];

/** Answers as an engine does that is healthy, and with this status where it is asked for its database. */
async function serveEngine(port: number, databaseStatus: number): Promise<TestServer> {
	const health = JSON.stringify({ runtime: "engine", status: "ok", version: realEngineVersion });
	return await serveRequests(
		({ url }, response) => void response.writeHead(url === "/health" ? 200 : databaseStatus).end(health),
		{ port },
	);
}

/** Holds a lock until it is disposed of. */
async function holdLock(folder: string): Promise<AsyncDisposable> {
	const released = deferred();
	const held = deferred();
	const holding = withLock(
		folder,
		async () => {
			held.resolve();
			await released.promise;
		},
		{ purpose: "a test" },
	);
	await held.promise;
	return {
		async [Symbol.asyncDispose]() {
			released.resolve();
			await holding;
		},
	};
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
	let resolve = (): void => {};
	const promise = new Promise<void>((done) => {
		resolve = done;
	});
	return { promise, resolve };
}

const isUnwell = ({ level }: Finding): boolean => level === "notice" || level === "problem";

const diagnose = (
	box: Sandbox,
	options: DiagnoseOptions = {},
	variables: Readonly<Record<string, string>> = {},
) => diagnoseEngine({ environment: { ...box.environment, ...variables }, ...box.options, ...options });

describe.concurrent("B38 the doctor explains a planted fault, and foresees what a start does with it", () => {
	it.each(FAULTS.map((fault) => [fault.title, fault] as const))("%s", async (_title, { plant, expected }) => {
		await using box = await sandbox();
		const kept: AsyncDisposable[] = [];
		try {
			const { options, variables, message, cure } = await plant(box, (resource) => {
				kept.push(resource);
				return resource;
			});
			const diagnosis = await diagnose(box, options, variables);
			const told = diagnosis.findings.filter(
				({ area, level }) => area === expected.area && level === expected.level,
			);
			expect(told, JSON.stringify(diagnosis.findings, null, 2)).toHaveLength(1);
			for (const part of message) expect(told[0]?.message).toContain(part);
			for (const part of cure) expect(told[0]?.cure).toContain(part);
			expect(JSON.stringify(diagnosis)).not.toContain("s3cret");
			for (const finding of diagnosis.findings) {
				expect(finding.cure !== undefined, "what is not well has a cure").toBe(isUnwell(finding));
			}
			const { wouldStart } = diagnosis;
			if (expected.level === "problem") {
				expect(wouldStart).toEqual({ kind: "fail", areas: [expected.area] });
			}
			const started = await startOrReuse({
				environment: { ...box.environment, ...variables },
				...box.options,
				...options,
			}).then(
				() => "ok",
				({ code }) => code,
			);
			expect(started === "ok", `a start comes to: ${started}`).toBe(wouldStart.kind !== "fail");
		} finally {
			for (const resource of kept.reverse()) await resource[Symbol.asyncDispose]();
		}
	});
});

describe("B38 the doctor where nothing is wrong", () => {
	it("names every setting and where it came from, every place for a binary, and what a start would do", async () => {
		await using box = await sandbox();
		const { settings, findings, wouldStart } = await diagnose(
			box,
			{
				publicUrl: "https://rivet.test/?token=s3cret",
				env: { SECRET: "s3cret" },
				config: { guard: { https: { password: "s3cret" } } },
				adminToken: "s3cret-token",
			},
			{
				RIVETKIT_ENGINE_VERSION: realEngineVersion,
				RIVETKIT_ENGINE_RELEASES_ENDPOINT: "https://ann:s3cret@releases.test",
				HTTPS_PROXY: "http://ann:s3cret@proxy.test:8080",
			},
		);
		expect(settings).toEqual(
			expect.arrayContaining([
				{ name: "bindPort", value: String(box.port), origin: { kind: "option", name: "bindPort" } },
				{
					name: "version",
					value: realEngineVersion,
					origin: { kind: "variable", name: "RIVETKIT_ENGINE_VERSION" },
				},
				{
					name: "publicUrl",
					value: "https://rivet.test/?***",
					origin: { kind: "option", name: "publicUrl" },
				},
				{ name: "spawn", value: "auto", origin: { kind: "default" } },
				{ name: "env", value: "SECRET", origin: { kind: "option", name: "env" } },
				{ name: "config", value: "guard", origin: { kind: "option", name: "config" } },
				{ name: "adminToken", value: "set", origin: { kind: "option", name: "adminToken" } },
				{ name: "storage", value: "file-system", origin: { kind: "default" } },
			]),
		);
		expect(JSON.stringify({ settings, findings, wouldStart })).not.toContain("s3cret");
		expect(findings.filter(isUnwell)).toEqual([]);
		expect(new Set(findings.map(({ area }) => area))).toEqual(
			new Set([
				"settings",
				"binary",
				"endpoint",
				"ports",
				"locks",
				"records",
				"database",
				"storage",
				"releases",
			]),
		);
		const places = findings.filter(({ area }) => area === "binary").map(({ message }) => message);
		for (const place of [
			"option: ",
			"RIVET_ENGINE_BINARY_PATH: ",
			"RIVET_ENGINE_BINARY: ",
			"npm: ",
			"cache: ",
			"download: ",
		]) {
			expect(places.filter((message) => message.startsWith(place))).toHaveLength(1);
		}
		expect(
			findings.find(({ area, message }) => area === "releases" && message.includes("proxy"))?.message,
		).toBe(
			`https://releases.test/rivet/${realEngineVersion}/engine/SHA256SUMS would be asked through the proxy http://***@proxy.test:8080/.`,
		);
		expect(wouldStart).toEqual({ kind: "start", endpoint: box.endpoint, binary: realEnginePath() });
	});

	it("starts nothing and leaves nothing behind", async () => {
		await using box = await sandbox();
		expect((await diagnose(box)).wouldStart.kind).toBe("start");
		expect(await box.engines()).toEqual([]);
		expect(await readdir(box.folder), "not even a storage root, or the folder of locks").toEqual([]);
		await plantRemains(box);
		const before = await readdir(box.folder, { recursive: true });
		await diagnose(box);
		expect(await readdir(box.folder, { recursive: true })).toEqual(before);
	});

	it("would reuse an engine that runs, whose ports and database are its own, and asks it once", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const { findings, wouldStart } = await diagnose(box);
		expect(findings.filter(isUnwell)).toEqual([]);
		expect(wouldStart).toEqual({ kind: "reuse", endpoint: box.endpoint });
	});

	it("asks for health once", async () => {
		await using box = await sandbox();
		await using server: TestServer = await serveRequests(
			(_request, response) => void response.writeHead(500).end(),
			{ port: box.port },
		);
		await diagnose(box);
		expect(server.requests.map(({ url }) => url)).toEqual(["/health"]);
	});

	it("says what differs in an engine that would be reused, and does not mind what only a start would need", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const other = path.join(box.folder, "other", ".rivetkit");
		await mkdir(path.dirname(other), { recursive: true });
		await writeFile(other, "");
		const { findings, wouldStart } = await diagnose(box, { storageRoot: other, version: "0.0.1" });
		const notices = findings.filter(({ level }) => level === "notice").map(({ area }) => area);
		expect(new Set(notices)).toEqual(new Set(["endpoint", "binary", "locks", "storage"]));
		expect(wouldStart).toEqual({ kind: "reuse", endpoint: box.endpoint });
	});

	it("would reuse an engine whose database nobody waits for, and says that it cannot tell of it", async () => {
		await using box = await sandbox();
		const told = async (options: EngineOptions) => {
			const { findings, wouldStart } = await diagnose(box, options);
			expect(wouldStart).toEqual({ kind: "reuse", endpoint: box.endpoint });
			expect(
				(await startOrReuse({ environment: box.environment, ...box.options, ...options })).startup.kind,
			).toBe("reused");
			const ofDatabase = findings.filter(({ message }) => /its database/.test(message));
			return ofDatabase.map(({ area, level, cure }) => [area, level, cure]);
		};
		await startOrReuse({ environment: box.environment, ...box.options, adminToken: "a-token" });
		expect(await told({ adminToken: "a-token", ready: "database" })).toEqual([]);
		expect(await told({})).toEqual([["endpoint", "info", undefined]]);
		expect(await told({ adminToken: "another" })).toEqual([
			["endpoint", "notice", expect.stringContaining("`--admin-token-file`")],
		]);
		const bindPort = await box.anotherPort();
		await using _server = await serveEngine(bindPort, 500);
		const { findings, wouldStart } = await diagnose(box, { bindPort });
		expect(wouldStart).toMatchObject({ kind: "reuse" });
		expect(findings).toContainEqual({
			area: "endpoint",
			level: "notice",
			message: expect.stringContaining("cannot read its database"),
			cure: expect.stringContaining("recovers by itself"),
		});
	});

	it("would wait for an engine that is starting", async () => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never" });
		const aborted = new AbortController();
		const options = { ...box.options, binaryPath: never.path };
		const start = startOrReuse({ environment: box.environment, ...options, signal: aborted.signal });
		const { pid } = await never.report();
		await vi.waitUntil(() => existsSync(box.layout.recordPath), { timeout: 10_000, interval: 5 });
		expect((await diagnose(box, { binaryPath: never.path })).wouldStart).toEqual({
			kind: "join",
			endpoint: box.endpoint,
			pid,
		});
		aborted.abort();
		await start.catch(() => {});
	});

	it("never shows what the endpoints in records have in them", async () => {
		await using box = await sandbox();
		const { rewrite, record, layout } = await plantRemains(box);
		const endpoint = `http://ann:s3cret@127.0.0.1:${box.port}`;
		for (const one of [endpoint, "https://ann:s3cret and@[more"]) {
			await rewrite({ endpoint: one });
			const stamp = { pid: record.identity.pid, endpoint: one, bind_host: "127.0.0.1" };
			await writeFile(layout.rivetkitRecordPath, JSON.stringify(stamp));
			expect(JSON.stringify(await diagnose(box))).not.toContain("s3cret");
			const listed = await listInstances({ environment: box.environment, storageRoot: box.storageRoot });
			expect(JSON.stringify(listed)).not.toContain("s3cret");
		}
	});

	it("foresees that an older engine is replaced where that is wanted", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, binaryPath: olderEnginePath() });
		const { findings, wouldStart } = await diagnose(box, { onVersionMismatch: "restart" });
		expect(wouldStart).toEqual({ kind: "restart", endpoint: box.endpoint });
		expect(findings.filter(isUnwell)).toMatchObject([
			{
				level: "notice",
				message: expect.stringContaining(`a start would restart it as ${realEngineVersion}`),
			},
			{ area: "database", level: "notice" },
		]);
	});

	it("does not hold against an engine what that at another port was started with", async () => {
		await using box = await sandbox();
		await using other = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, adminToken: "a-token" });
		await startOrReuse({ environment: other.environment, ...other.options, binaryPath: olderEnginePath() });
		const { findings } = await diagnose(box, { bindPort: other.port, onVersionMismatch: "restart" });
		expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
	});

	it("does not wait for the database of an engine that is replaced", async () => {
		await using box = await sandbox();
		const older = { ...box.options, binaryPath: olderEnginePath(), adminToken: "a-token" };
		await startOrReuse({ ...older, environment: box.environment });
		const options = { onVersionMismatch: "restart", ready: "database", adminToken: "another" } as const;
		const { wouldStart } = await diagnose(box, options);
		expect(wouldStart).toEqual({ kind: "restart", endpoint: box.endpoint });
		const { startup } = await startOrReuse({ environment: box.environment, ...box.options, ...options });
		expect(startup.kind).toBe("spawned");
	});

	it("does not take an engine at another port for one that no longer listens", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const { findings } = await diagnose(box, { bindPort: await box.anotherPort(), spawn: "never" });
		expect(findings.filter(({ area }) => area === "endpoint")).toMatchObject([
			{ message: expect.stringContaining("starting an engine is turned off") },
		]);
	});

	it("gives an engine that is being stopped the time to end, and says of one that does not what it may be", async () => {
		await using box = await sandbox();
		const { rewrite, layout } = await plantRemains(box);
		await rm(layout.databasePath, { recursive: true });
		const living = async (seconds: string) => {
			const process = spawn("sleep", [seconds], { stdio: "ignore" });
			const identity = await identifyProcess(process.pid ?? 0);
			if (identity === undefined) throw new Error("The process could not be identified.");
			await rewrite({ identity });
			return process;
		};
		await living("0.4");
		expect((await diagnose(box)).wouldStart).toMatchObject({ kind: "start" });
		const stuck = await living("60");
		try {
			const { findings } = await diagnose(box);
			expect(findings.filter(({ level }) => level === "problem")).toMatchObject([
				{ area: "endpoint", message: expect.stringContaining("is ending or stuck") },
			]);
		} finally {
			stuck.kill("SIGKILL");
		}
	});

	it("leaves the ports of a start alone that is under way, and tests those twice that another program tests", async () => {
		await using box = await sandbox();
		await using server = await serveStatus(200, "", "text/plain", { port: box.port + 1 });
		const ports = ({ findings }: { readonly findings: readonly Finding[] }) =>
			findings.filter(({ area }) => area === "ports");
		{
			await using _lock = await holdLock(box.layout.lockFolder);
			expect(ports(await diagnose(box))).toMatchObject([
				{ level: "ok", message: expect.stringContaining("not tested, since a start is under way") },
			]);
		}
		const situation = await observe(openContext({ ...box.options, environment: box.environment }));
		const testing = checkPorts(situation, async () => await server[Symbol.asyncDispose]());
		expect(await testing).toMatchObject([{ level: "ok", message: expect.stringContaining("can be bound") }]);
	});

	it("tells a database that cannot be looked at from one that is not there", async () => {
		await using box = await sandbox();
		await mkdir(box.layout.folder, { recursive: true });
		await symlink(box.layout.databasePath, box.layout.databasePath);
		expect((await diagnose(box)).findings).toContainEqual({
			area: "database",
			level: "notice",
			message: expect.stringContaining("ELOOP"),
			cure: expect.stringContaining(box.layout.databasePath),
		});
	});

	it("tells of an engine that has come while it was looking", async () => {
		await using box = await sandbox();
		const another = { ...box.options, bindPort: await box.anotherPort() };
		const situation = await observe(openContext({ ...another, environment: box.environment }));
		await startOrReuse({ ...box.options, environment: box.environment });
		expect(await checkDatabase(situation)).toContainEqual({
			level: "problem",
			message: expect.stringContaining("is in use by the engine"),
			cure: expect.stringContaining(`--endpoint ${box.endpoint}`),
		});
	});

	it("leaves an endpoint alone that is not this machine's", async () => {
		await using box = await sandbox();
		const { findings, wouldStart } = await diagnose(box, {
			bindPort: undefined,
			endpoint: "http://ann:s3cret@192.0.2.1:6420",
		});
		expect(wouldStart).toEqual({ kind: "remote", endpoint: "http://192.0.2.1:6420" });
		expect(JSON.stringify(findings)).not.toContain("s3cret");
	});

	it("throws for an option that cannot be used, and rejects with the signal's reason", async () => {
		await using box = await sandbox();
		await expectEngineError(diagnose(box, { bindPort: 0 }), "invalid_option");
		const signal = AbortSignal.abort(new Error("enough"));
		await expect(diagnose(box, { signal })).rejects.toThrow("enough");
	});
});

describe("B38 the doctor on the network", () => {
	it("accepts plain http where a start would", async () => {
		await using box = await sandbox();
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: "http://releases.test" };
		expect((await diagnose(box, options)).wouldStart).toEqual({ kind: "fail", areas: ["releases"] });
		const allowed = await diagnose(box, { ...options, unsafelyAllowHttp: true });
		expect(allowed.wouldStart).toMatchObject({ kind: "start" });
		expect(allowed.settings).toContainEqual({
			name: "unsafelyAllowHttp",
			value: "true",
			origin: { kind: "option", name: "unsafelyAllowHttp" },
		});
	});

	it("ends what a server's error says with one full stop", async () => {
		await using box = await sandbox();
		await using server = await serveRequests(
			(_request, response) => void response.writeHead(302, { location: "http://releases.test/" }).end(),
		);
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: server.url, online: true };
		expect((await diagnose(box, options)).findings.at(-1)?.message).toMatch(/cannot be had: .*[^.]\.$/);
	});

	it("asks a release server only if told to, and tells whether it has the version", async () => {
		await using box = await sandbox();
		await using server = await serveStatus(404, "", "text/plain");
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: server.url };
		expect((await diagnose(box, options)).wouldStart).toMatchObject({ kind: "start", binary: undefined });
		expect(server.requests).toEqual([]);
		const { findings, wouldStart } = await diagnose(box, { ...options, online: true });
		expect(wouldStart).toEqual({ kind: "fail", areas: ["releases"] });
		expect(findings.at(-1)).toMatchObject({
			level: "problem",
			message: expect.stringContaining("/rivet/0.0.1/engine/SHA256SUMS, asked without a proxy, is not there"),
			cure: expect.stringContaining("`--releases-endpoint`"),
		});
	});
});

if (!mayMount) console.warn("Skipped: the doctor on a full and a read-only disk, which needs root on Linux.");

describe.skipIf(!mayMount)("B38 the doctor explains a disk", () => {
	it.each([
		["full", "no space left"],
		["read-only", "cannot be written (EROFS)"],
	] as const)("9 that is %s", async (disk, message) => {
		await using box = await sandbox();
		const program = `
			import { diagnoseEngine } from ${JSON.stringify(builtPackage("engine-doctor"))};
			console.log(JSON.stringify(await diagnoseEngine(${JSON.stringify(box.options)})));
		`;
		const { stdout, stderr } = runOnDisk(box, disk, program);
		expect(stderr).toBe("");
		const { findings, wouldStart } = JSON.parse(stdout);
		expect(wouldStart).toEqual({ kind: "fail", areas: ["storage"] });
		expect(findings).toContainEqual({
			area: "storage",
			level: "problem",
			message: expect.stringContaining(message),
			cure: expect.stringContaining("`RIVETKIT_STORAGE_PATH`"),
		});
	});
});
