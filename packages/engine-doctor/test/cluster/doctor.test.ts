import net from "node:net";
import path from "node:path";
import {
	expectEngineError,
	freePortTriple,
	lacksClusterParts,
	type PostgresServer,
	runUpstreamHost,
	startPostgres,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../../engine-lifecycle/src/start-or-reuse.ts";
import { clusterSandbox } from "../../../engine-lifecycle/test/cluster/cluster-sandbox.ts";
import { freezeNow } from "../../../engine-lifecycle/test/cluster/freeze-now.ts";
import { plantRemains } from "../../../engine-lifecycle/test/planted-record.ts";
import { type Sandbox, sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { diagnoseEngine } from "../../src/diagnose-engine.ts";
import type { Finding } from "../../src/finding.ts";

// Seen to fail with PostgreSQL judged by its servers alone, with name, lock and cures of the folder's database, without a
// finding on a token, with a database that is waited for never or always, with the path of a socket taken for a host,
// with a socket used in spite of TLS in the URL, with a failure for each address, and without the reason why the engine
// is not the wanted one.

describe.skipIf(lacksClusterParts(import.meta.url, ["postgresql"]))("B38 the doctor on PostgreSQL", () => {
	let postgres: PostgresServer;
	beforeAll(async () => {
		postgres = await startPostgres();
	}, 60_000);
	afterAll(() => postgres[Symbol.asyncDispose](), 60_000);

	const onDatabase = async (box: Sandbox, name: string): Promise<EngineOptions> => ({
		...box.options,
		...onPostgres(await postgres.createDatabase(name)),
		startTimeoutMs: 120_000,
	});

	it("foresees that an instance has only one engine, also at another port", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "ports");
		const { startup } = await startOrReuse({ ...options, environment: box.environment });
		if (startup.kind !== "spawned") throw new Error("It was not spawned.");
		const another = { ...options, bindPort: await box.anotherPort() };
		expect(await diagnose(box, another)).toEqual({
			problems: [
				{
					area: "database",
					level: "problem",
					message: `The database 'PostgreSQL at 127.0.0.1:${postgres.port}/ports' is in use by the engine at '${box.endpoint}' (pid ${startup.pid}).`,
					cure: expect.stringMatching(/`stopEngine`.+`instancePath`.+`messaging`/),
					engineToStop: { storageRoot: box.storageRoot, instancePath: undefined, endpoint: box.endpoint },
				},
			],
			notices: [],
			wouldStart: { kind: "fail", areas: ["database"] },
		});
		await expectEngineError(startOrReuse({ ...another, environment: box.environment }), "database_locked");
		expect(await diagnose(box, options)).toEqual({
			problems: [],
			notices: [],
			wouldStart: { kind: "reuse", endpoint: box.endpoint },
		});
	}, 90_000);

	it("applies a recorded version to the recorded database, and to no other", async () => {
		await using box = await clusterSandbox();
		const options = await onDatabase(box, "versions");
		const { rewrite } = await plantRemains(box);
		const name = `127.0.0.1:${postgres.port}/versions`;
		await rewrite({ postgres: name, lastDatabaseVersion: "9.8.7" });
		expect(await diagnose(box, options)).toEqual({
			problems: [
				{
					area: "database",
					level: "problem",
					message: expect.stringMatching(`older than 9\\.8\\.7, .+ 'PostgreSQL at ${name}'`),
					cure: "Use engine 9.8.7 or newer, or another PostgreSQL database.",
				},
			],
			notices: [],
			wouldStart: { kind: "fail", areas: ["database"] },
		});
		await expectEngineError(startOrReuse({ ...options, environment: box.environment }), "version_rollback");
		await rewrite({ postgres: name, lastDatabaseVersion: "2.0.0" });
		expect(await diagnose(box, options)).toMatchObject({
			problems: [],
			notices: [
				{
					area: "database",
					message: expect.stringContaining("would upgrade the database from 2.0.0"),
					cure: expect.stringContaining(`Dump 'PostgreSQL at ${name}'`),
				},
			],
			wouldStart: { kind: "start" },
		});
		await rewrite({ postgres: `${name}-too`, lastDatabaseVersion: "9.8.7" });
		expect(await diagnose(box, options)).toMatchObject({ problems: [], notices: [] });
	}, 90_000);

	it.each([
		["none is", undefined],
		["another is", "another"],
	])(
		"foresees that an engine with a token cannot be asked for its database if %s given",
		async (_title, adminToken) => {
			await using box = await clusterSandbox();
			const options = await onDatabase(box, `token-${adminToken}`);
			await startOrReuse({ environment: box.environment, ...options, adminToken: "a-token" });
			const wrong = { ...options, adminToken };
			expect(await diagnose(box, wrong)).toMatchObject({
				problems: [{ area: "endpoint", cure: expect.stringContaining("`adminToken`") }],
				wouldStart: { kind: "fail", areas: ["endpoint"] },
			});
			await expectEngineError(
				startOrReuse({ ...wrong, environment: box.environment }),
				"health_check_failed",
			);
			expect((await diagnose(box, { ...wrong, ready: "health" })).wouldStart.kind).toBe("reuse");
			await startOrReuse({ environment: box.environment, ...wrong, ready: "health" });
			expect((await diagnose(box, { ...options, adminToken: "a-token" })).wouldStart.kind).toBe("reuse");
		},
		90_000,
	);

	it("foresees that a start waits for a database that does not answer", async () => {
		await using box = await clusterSandbox();
		const options = { ...(await onDatabase(box, "frozen")), startTimeoutMs: 300 };
		await startOrReuse({ environment: box.environment, ...options, startTimeoutMs: 120_000 });
		const frozen = freezeNow(postgres.pid() ?? 0);
		await using _thawed = { [Symbol.asyncDispose]: async () => frozen.thaw() };
		const finding = { area: "endpoint", message: expect.stringContaining("cannot read its database") };
		expect(await diagnose(box, options)).toMatchObject({
			problems: [{ ...finding, cure: expect.stringContaining('`ready: "health"`') }],
			wouldStart: { kind: "fail", areas: ["endpoint"] },
		});
		await expectEngineError(
			startOrReuse({ ...options, environment: box.environment }),
			"health_check_failed",
		);
		expect(await diagnose(box, { ...options, ready: "health" })).toMatchObject({
			problems: [],
			notices: [finding],
			wouldStart: { kind: "reuse" },
		});
		await startOrReuse({ environment: box.environment, ...options, ready: "health" });
	}, 90_000);

	it("ignores who has the database of the folder open", async () => {
		await using box = await clusterSandbox();
		await using host = runUpstreamHost({ storageRoot: box.storageRoot, port: box.port }, box.environment);
		await host.nextLine();
		const options = { ...(await onDatabase(box, "beside")), bindPort: await box.anotherPort() };
		const { problems, notices, wouldStart } = await diagnose(box, options);
		expect([...problems, ...notices].filter(({ area }) => area === "database")).toEqual([]);
		expect(wouldStart.kind).toBe("start");
		expect((await startOrReuse({ ...options, environment: box.environment })).startup.kind).toBe("spawned");
	}, 90_000);

	it("connects to PostgreSQL by its socket, as an engine does", async () => {
		await using box = await clusterSandbox();
		const { password, username } = new URL(await postgres.createDatabase("socket"));
		await using _socket = await serveSocket(path.join(box.folder, ".s.PGSQL.5433"), postgres.port);
		const url = `postgresql://${username}:${password}@${encodeURIComponent(box.folder)}:5433/socket`;
		const withUrl = (text: string) => ({ ...box.options, ...onPostgres(text), startTimeoutMs: 120_000 });
		expect(await diagnose(box, withUrl(url))).toMatchObject({
			problems: [{ area: "database", cure: expect.stringContaining("`sslmode=disable`") }],
			wouldStart: { kind: "fail", areas: ["database"] },
		});
		await expectEngineError(
			startOrReuse({ ...withUrl(url), environment: box.environment }),
			"storage_unavailable",
		);
		const options = withUrl(`${url}?sslmode=disable`);
		expect((await diagnose(box, options)).wouldStart.kind).toBe("start");
		const { startup } = await startOrReuse({ ...options, environment: box.environment });
		expect(startup.kind).toBe("spawned");
	}, 90_000);
});

describe("B38 the doctor without PostgreSQL", () => {
	it("says that the engine at the endpoint has its data elsewhere", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const options = { ...box.options, ...onPostgres("postgresql://rivet@127.0.0.1:1/rivet") };
		expect((await diagnose(box, options)).problems).toEqual([
			{
				area: "endpoint",
				level: "problem",
				message: `The engine is not the requested one: its data is in ${box.layout.databasePath}, and PostgreSQL at 127.0.0.1:1/rivet was asked for.`,
				cure: expect.stringMatching(/`stopEngine`.+`bindPort`.+`instancePath`/),
			},
		]);
		await expectEngineError(startOrReuse({ ...options, environment: box.environment }), "port_occupied");
	});

	it("names the socket that is missing", async () => {
		await using box = await clusterSandbox();
		const url = `postgresql://rivet@${encodeURIComponent(box.folder)}:5433/rivet?sslmode=disable`;
		expect(await diagnose(box, onPostgres(url))).toMatchObject({
			problems: [
				{ area: "database", message: expect.stringContaining(`ENOENT ${box.folder}/.s.PGSQL.5433`) },
			],
			wouldStart: { kind: "fail", areas: ["database"] },
		});
		const start = startOrReuse({ environment: box.environment, ...box.options, ...onPostgres(url) });
		await expectEngineError(start, "storage_unavailable");
	});

	it("names each reason once", async () => {
		await using box = await sandbox();
		const port = await freePortTriple();
		const [one, another] = [`127.0.0.1:${port}`, `127.0.0.1:${port + 1}`];
		const { problems } = await diagnose(box, onPostgres(`postgresql://rivet@${one},${another},${one}/rivet`));
		expect(problems.map(({ message }) => message)).toEqual([
			expect.stringContaining(`to: connect ECONNREFUSED ${one}; connect ECONNREFUSED ${another}.`),
		]);
	});
});

function onPostgres(url: string): EngineOptions {
	return { storage: { kind: "postgres", url } };
}

/** Diagnoses a start, and returns its problems and notices. */
async function diagnose(box: Sandbox, options: EngineOptions) {
	const { findings, wouldStart } = await diagnoseEngine({
		environment: box.environment,
		...box.options,
		...options,
	});
	const of = (wanted: Finding["level"]) => findings.filter(({ level }) => level === wanted);
	return { problems: of("problem"), notices: of("notice"), wouldStart };
}

/** Serves a port of this machine at a Unix socket: the PostgreSQL of tests has no socket of its own. */
async function serveSocket(file: string, port: number): Promise<AsyncDisposable> {
	const sockets = new Set<net.Socket>();
	const server = net.createServer((inner) => {
		const outer = net.connect(port, "127.0.0.1");
		for (const [from, to] of [
			[inner, outer],
			[outer, inner],
		] as const) {
			sockets.add(from);
			from.on("error", () => to.destroy()).pipe(to);
		}
	});
	await new Promise<void>((resolve) => server.listen(file, resolve));
	return {
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
