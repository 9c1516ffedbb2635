import net from "node:net";
import { freePortTriple, runScript, serveSockets } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { connectedProcesses, processArguments } from "../src/index.ts";

// Seen to fail with one look instead of two, with both ends counted, and with clients of other addresses.

describe.runIf(process.platform === "linux")("B39 who keeps a connection to a port", () => {
	test("nobody, where nobody does", async () => {
		const port = await freePortTriple();
		expect(await connectedProcesses(port)).toEqual([]);
		await using _ = await serveSockets(() => {}, { port });
		expect(await connectedProcesses(port)).toEqual([]);
	});

	test("a process, named once with all its connections, and not the one that accepts them", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port, host: "127.0.0.1" });
		await using client = connecting(port, 2);
		const clients = JSON.parse(await client.nextLine());
		const found = await connectedProcesses(port, "127.0.0.1");
		expect(found).toEqual([{ pid: client.pid, name: "node", clients: expect.arrayContaining(clients) }]);
		expect(found[0]?.clients).toHaveLength(2);
		expect(await connectedProcesses(port, "127.0.0.2")).toEqual([]);
	});

	test("not one that has another connection each time", async () => {
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

	test("this process too", async () => {
		const port = await freePortTriple();
		await using _ = await serveSockets(() => {}, { port });
		const socket = net.connect(port, "127.0.0.1");
		await new Promise((resolve) => socket.once("connect", resolve));
		expect(await connectedProcesses(port)).toMatchObject([{ pid: process.pid }]);
		socket.destroy();
	});
});

describe.runIf(process.platform === "linux")("B37 what a process was started as", () => {
	test("its command line, and nothing of one that is gone", async () => {
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

/** A process that holds this many connections, and prints from where. */
function connecting(port: number, count: number) {
	return runScript(`
		import net from "node:net";
		import { once } from "node:events";
		const sockets = Array.from({ length: ${count} }, () => net.connect(${port}, "127.0.0.1"));
		await Promise.all(sockets.map((socket) => once(socket, "connect")));
		console.log(JSON.stringify(sockets.map(({ localPort }) => "127.0.0.1:" + localPort)));
	`);
}
