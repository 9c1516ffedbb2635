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
	type SystemReader,
} from "../src/index.ts";
import { localReader } from "../src/reader/local-reader.ts";
import { unknownReader } from "../src/reader/unknown-reader.ts";

const HOST = "127.0.0.1";
const { pid } = process;

describe("B32 a system that does not report processes and sockets", () => {
	test("leaves everything unknown about a port on which this process listens", async () => {
		await using server = await serveSockets(() => {}, { host: HOST });
		const { port } = server;
		expect(await portHolder(port, HOST, unknownReader)).toBeUndefined();
		expect(await portOwnership(pid, [{ host: HOST, port }], unknownReader)).toEqual(["unknown"]);
		expect(await listeningPorts(pid, unknownReader)).toEqual([]);
		expect(await listeningAddresses(port, unknownReader)).toEqual([]);
		expect(await connectedProcesses(port, HOST, unknownReader)).toEqual([]);
	});

	test("leaves the owner of a port unknown if it reports only the sockets of the other address family", async () => {
		await using server = await serveSockets(() => {}, { host: HOST });
		const { port } = server;
		const local = localReader();
		const reader: SystemReader = {
			...local,
			readTcpSockets: async (family, state) =>
				family === 6 ? { kind: "unknown" } : await local.readTcpSockets(family, state),
		};
		const addresses = [HOST, "::1"].map((host) => ({ host, port }));
		const own = process.platform === "linux" ? "own" : "unknown";
		expect(await portOwnership(pid, addresses, reader)).toEqual([own, "unknown"]);
	});

	test("leaves everything unknown about this process", async () => {
		expect(await processExecutable(pid, unknownReader)).toBeUndefined();
		expect(await processArguments(pid, unknownReader)).toEqual([]);
		expect(await descriptorUse(pid, unknownReader)).toBeUndefined();
		expect(await engineDatabase(pid, unknownReader)).toBeUndefined();
	});

	test("leaves the holder of a lock unknown", async () => {
		await using folder = await temporaryFolder();
		await writeFile(path.join(folder.path, "LOCK"), "");
		expect(await lockHolder(folder.path, unknownReader)).toBeUndefined();
	});
});
