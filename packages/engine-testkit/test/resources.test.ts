import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { EngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import {
	expectEngineError,
	freePortTriple,
	recordingLogger,
	runScript,
	temporaryFolder,
	temporaryStorageRoot,
} from "../src/index.ts";
import { BLOCK_SIZE, reserveBlock } from "../src/port-reservation.ts";
import { portsFolder } from "../src/ports-folder.ts";

const reservations = portsFolder();

describe("a temporary folder", () => {
	test("has a blank in its name and is gone when it is disposed of", async () => {
		const folder = await temporaryFolder("mine");
		expect(path.basename(folder.path)).toMatch(/^mine .+/);
		await mkdir(path.join(folder.path, "a", "b"), { recursive: true });
		await writeFile(path.join(folder.path, "a", "b", "c"), "");
		await folder[Symbol.asyncDispose]();
		await expect(stat(folder.path)).rejects.toMatchObject({ code: "ENOENT" });
	});

	test("may have room for a storage root, which is not made", async () => {
		await using folder = await temporaryStorageRoot();
		expect(folder.storageRoot).toBe(path.join(folder.path, ".rivetkit"));
		await expect(stat(folder.storageRoot)).rejects.toMatchObject({ code: "ENOENT" });
	});
});

describe("three free ports", () => {
	test("can be bound, and are given once", async () => {
		const given = await Promise.all(Array.from({ length: 20 }, () => freePortTriple()));
		expect(new Set(given).size).toBe(20);
		for (const port of given) {
			await Promise.all([port, port + 1, port + 10].map(bindAndRelease));
		}
	});

	test("are reserved for this process", async () => {
		const port = await freePortTriple();
		expect(await readFile(path.join(reservations, String(port)), "utf8")).toBe(String(process.pid));
		expect(reserveBlock(port)).toBe(false);
	});

	test("are inherited from a process that was killed, and from no other", async () => {
		// In the folder of all tests, another process would inherit it as well.
		await using folder = await temporaryFolder();
		const port = 20_000;
		const file = path.join(folder.path, String(port));
		// The first call in a folder removes what ended processes have left there.
		expect(reserveBlock(port + BLOCK_SIZE, folder.path)).toBe(true);
		const script = runScript("");
		await script.exited;
		await writeFile(file, String(script.pid));
		expect(reserveBlock(port, folder.path)).toBe(true);
		expect(await readFile(file, "utf8")).toBe(String(process.pid));
		await writeFile(file, String(process.ppid));
		expect(reserveBlock(port, folder.path)).toBe(false);
		await writeFile(file, "");
		expect(reserveBlock(port, folder.path)).toBe(false);
	});
});

describe("a recording logger", () => {
	test("remembers all, in order", () => {
		const logger = recordingLogger();
		logger.info({ a: 1 }, "one");
		logger.error({}, "two");
		logger.info({}, "three");
		expect(logger.entries[0]).toEqual({ level: "info", fields: { a: 1 }, message: "one" });
		expect(logger.messages()).toEqual(["one", "two", "three"]);
		expect(logger.messages("info")).toEqual(["one", "three"]);
		expect(logger.messages("debug")).toEqual([]);
	});
});

describe("expecting an engine error", () => {
	test("gives the error", async () => {
		const error = new EngineError("not_ours", "No.");
		expect(await expectEngineError(Promise.reject(error), "not_ours")).toBe(error);
	});

	test.each<[string, () => Promise<unknown>, string]>([
		["a result", () => Promise.resolve({ a: 1 }), `it resolved to {"a":1}`],
		["no result", () => Promise.resolve(), "it resolved to undefined"],
		["another code", () => Promise.reject(new EngineError("x", "Why.")), "EngineError 'x': Why."],
		["another error", () => Promise.reject(new TypeError("What?")), "TypeError: What?"],
		["a text", () => Promise.reject("text"), `"text"`],
	])("shows %s that came instead", async (_, promise, shown) => {
		await expect(expectEngineError(promise(), "not_ours")).rejects.toThrow(shown);
	});
});

async function bindAndRelease(port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const server = net.createServer().once("error", reject);
		server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve()));
	});
}
