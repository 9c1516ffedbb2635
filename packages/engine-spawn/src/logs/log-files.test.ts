import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expectEngineError, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { openLogFiles } from "./log-files.ts";

describe("B28 log files", () => {
	test("have names with the time and the pid of their host, and never collide", async () => {
		await using folder = await temporaryFolder();
		const logsFolder = path.join(folder.path, "var/logs");
		const before = Math.floor(Date.now() / 1000);
		const files = await Promise.all(Array.from({ length: 5 }, () => openLogFiles(logsFolder)));
		await Promise.all(files.flatMap(({ stdout, stderr }) => [stdout.close(), stderr.close()]));
		const names = await readdir(logsFolder);
		expect(names).toHaveLength(10);
		for (const { logs } of files) {
			const stem = new RegExp(`^engine-(\\d+)-${process.pid}-[0-9a-f]{8}-stdout\\.log$`);
			const [, seconds] = stem.exec(path.basename(logs.stdout)) ?? [];
			expect(Number(seconds)).toBeGreaterThanOrEqual(before);
			expect(path.basename(logs.stderr)).toBe(path.basename(logs.stdout).replace("stdout", "stderr"));
			expect(names).toContain(path.basename(logs.stderr));
		}
	});

	test("can be read only by their owner", async () => {
		await using folder = await temporaryFolder();
		const { logs, stdout, stderr } = await openLogFiles(folder.path);
		await Promise.all([stdout.close(), stderr.close()]);
		for (const file of [logs.stdout, logs.stderr]) expect((await stat(file)).mode & 0o777).toBe(0o600);
	});

	test("are appended to, so that two writers do not overwrite each other", async () => {
		await using folder = await temporaryFolder();
		const { logs, stdout, stderr } = await openLogFiles(folder.path);
		await stdout.write("one\n");
		await writeFile(logs.stdout, "two\n", { flag: "a" });
		await stdout.write("three\n");
		await Promise.all([stdout.close(), stderr.close()]);
		expect(await readFile(logs.stdout, "utf8")).toBe("one\ntwo\nthree\n");
	});

	test("are an error that names the folder if they cannot be made", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "file");
		await writeFile(file, "");
		const error = await expectEngineError(openLogFiles(path.join(file, "logs")), "path_occupied");
		expect(error.message).toContain(path.join(file, "logs"));
	});
});
