import net from "node:net";
import { freePortTriple, runScript, serveSockets } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { connectedProcesses, processArguments } from "../src/index.ts";

// Seen to fail with one look instead of two, with both ends counted, and with clients of other addresses.

describe.runIf(process.platform === "linux")("B39 the processes that keep a connection to a port", () => {
	test("are none without a connection", async () => {
		const port = await freePortTriple();
		expect(await connectedProcesses(port)).toEqual([]);
		await using _ = await serveSockets(() => {}, { port });
		expect(await connectedProcesses(port)).toEqual([]);
	});

	test("are each named once with all their connections, without the process that accepts the connections", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port, host: "127.0.0.1" });
		await using client = connecting(port, 2);
		const clients = JSON.parse(await client.nextLine());
		const found = await connectedProcesses(port, "127.0.0.1");
		expect(found).toEqual([{ pid: client.pid, name: "node", clients: expect.arrayContaining(clients) }]);
		expect(found[0]?.clients).toHaveLength(2);
		expect(await connectedProcesses(port, "127.0.0.2")).toEqual([]);
	});

	test("do not include a process that makes a new connection each time", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port });
		await using _asking = runScript(`
			import net from "node:net";
			const ask = () => {
				const socket = net.connect(${port}, "127.0.0.1", () => setTimeout(() => socket.destroy(), 20));
				socket.on("close", ask);
			};
			ask();
			console.log("asking");
		`);
		await _asking.nextLine();
		expect(await connectedProcesses(port)).toEqual([]);
	});

	test("include this process", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port });
		const socket = net.connect(port, "127.0.0.1");
		await new Promise((resolve) => socket.once("connect", resolve));
		expect(await connectedProcesses(port)).toMatchObject([{ pid: process.pid }]);
		socket.destroy();
	});
});

describe.runIf(process.platform === "linux")("B37 the command line of a process", () => {
	test("is read with all its arguments, and is empty once the process has ended", async () => {
		await using script = runScript("console.log(1); setInterval(() => {}, 1000);", {
			args: ["", "two words"],
		});
		await script.nextLine();
		expect(await processArguments(script.pid)).toEqual(
			expect.arrayContaining([process.execPath, "", "two words"]),
		);
		script.kill("SIGKILL");
		await script.exited;
		expect(await processArguments(script.pid)).toEqual([]);
	});
});

/** Runs a process that holds this many connections, and prints the addresses of their clients. */
function connecting(port: number, count: number) {
	return runScript(`
		import net from "node:net";
		import { once } from "node:events";
		const sockets = Array.from({ length: ${count} }, () => net.connect(${port}, "127.0.0.1"));
		await Promise.all(sockets.map((socket) => once(socket, "connect")));
		console.log(JSON.stringify(sockets.map(({ localPort }) => "127.0.0.1:" + localPort)));
	`);
}
