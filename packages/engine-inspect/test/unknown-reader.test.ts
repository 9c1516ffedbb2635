import { writeFile } from "node:fs/promises";
import path from "node:path";
import { serveSockets, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	connectedProcesses,
	descriptorUse,
	engineDatabase,
	listeningAddresses,
	listeningPorts,
	lockHolder,
	portHolder,
	portOwnership,
	processArguments,
	processExecutable,
} from "../src/index.ts";
import { unknownReader } from "../src/reader/unknown-reader.ts";

const HOST = "127.0.0.1";
const { pid } = process;

describe("B32 a system that does not tell", () => {
	test("leaves nothing known of a port on which this process listens", async () => {
		await using server = await serveSockets(() => {}, { host: HOST });
		const { port } = server;
		expect(await portHolder(port, HOST, unknownReader)).toBeUndefined();
		expect(await portOwnership(pid, [{ host: HOST, port }], unknownReader)).toEqual(["unknown"]);
		expect(await listeningPorts(pid, unknownReader)).toEqual([]);
		expect(await listeningAddresses(port, unknownReader)).toEqual([]);
		expect(await connectedProcesses(port, HOST, unknownReader)).toEqual([]);
	});

	test("leaves nothing known of this process", async () => {
		expect(await processExecutable(pid, unknownReader)).toBeUndefined();
		expect(await processArguments(pid, unknownReader)).toEqual([]);
		expect(await descriptorUse(pid, unknownReader)).toBeUndefined();
		expect(await engineDatabase(pid, unknownReader)).toBeUndefined();
	});

	test("leaves nothing known of a lock", async () => {
		await using folder = await temporaryFolder();
		await writeFile(path.join(folder.path, "LOCK"), "");
		expect(await lockHolder(folder.path, unknownReader)).toBeUndefined();
	});
});
