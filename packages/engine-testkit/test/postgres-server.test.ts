import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacksClusterParts, type PostgresServer, processGone, startPostgres } from "../src/index.ts";
import { accepts } from "./accepts.ts";

describe.skipIf(lacksClusterParts(import.meta.url, ["postgresql"]))("a PostgreSQL server", () => {
	// A cluster takes longer to make than most of what is asked of it here.
	let postgres: PostgresServer;
	beforeAll(async () => {
		postgres = await startPostgres();
	});
	afterAll(() => postgres[Symbol.asyncDispose]());

	test("gives a URL of every database, whose password must be escaped", async () => {
		const url = new URL(await postgres.createDatabase("some-data"));
		expect(url.hostname).toBe("127.0.0.1");
		expect(url.port).toBe(String(postgres.port));
		expect(url.pathname).toBe("/some-data");
		expect(url.password).not.toBe(postgres.password);
		expect(decodeURIComponent(url.password)).toBe(postgres.password);
		expect(await postgres.query("select current_user, current_database()", { database: "some-data" })).toBe(
			"rivet|some-data",
		);
	});

	test("lets nobody in without the password", async () => {
		expect(await postgres.query("select distinct auth_method from pg_hba_file_rules")).toBe("scram-sha-256");
	});

	test("listens on one address and has no file outside its folder", async () => {
		const settings = ["listen_addresses", "unix_socket_directories", "dynamic_shared_memory_type"];
		const shown = await Promise.all(settings.map((name) => postgres.query(`show ${name}`)));
		expect(shown).toEqual(["127.0.0.1", "", "mmap"]);
		expect(await postgres.query("show server_encoding")).toBe("UTF8");
	});

	test("keeps port and data over a stop and over a crash", async () => {
		await postgres.query("create table kept (n int)");
		for (const end of [postgres.stop, postgres.kill]) {
			await postgres.query("insert into kept values (1)");
			await end();
			expect(await accepts(postgres.port)).toBe(false);
			await postgres.start();
		}
		expect(await postgres.query("select count(*) from kept")).toBe("2");
	});

	test("does nothing while it is frozen, and goes on afterwards", async () => {
		await postgres.query("create table written (n int)");
		await postgres.freeze();
		let answered = false;
		const answer = postgres.query("insert into written values (1) returning n").then((rows) => {
			answered = true;
			return rows;
		});
		// The kernel still accepts, for a server that does not.
		expect(await accepts(postgres.port)).toBe(true);
		expect(await statesOfFamily(postgres.pid())).toMatch(/^T[TZ]+$/);
		expect(answered).toBe(false);
		postgres.thaw();
		expect(await answer).toBe("1");
	});

	test("can be stopped while it is frozen", async () => {
		await postgres.freeze();
		await postgres.stop();
		await postgres.start();
	});

	test.each(["running", "frozen"])(
		"is gone with its files when it is disposed of while it is %s",
		async (state) => {
			const other = await startPostgres();
			const pid = other.pid() ?? 0;
			expect((await stat(other.folder)).isDirectory()).toBe(true);
			if (state === "frozen") await other.freeze();
			await other[Symbol.asyncDispose]();
			await processGone(pid, 0);
			await expect(stat(other.folder)).rejects.toMatchObject({ code: "ENOENT" });
		},
	);
});

async function statesOfFamily(pid: number | undefined): Promise<string> {
	const { stdout } = await promisify(execFile)("ps", ["-o", "stat=", "--pid", `${pid}`, "--ppid", `${pid}`]);
	return stdout
		.split("\n")
		.map((line) => line.slice(0, 1))
		.join("");
}
