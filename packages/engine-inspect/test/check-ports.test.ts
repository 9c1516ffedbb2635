import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import { freePortTriple, serveSockets } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { checkPorts, type WantedPort } from "../src/index.ts";

/** The built package, for a process that runs without the tests' TypeScript. */
const builtPackage = new URL("../dist/index.js", import.meta.url).href;

const run = promisify(execFile);
const linux = process.platform === "linux";
const self = linux ? { pid: process.pid, name: "node" } : undefined;

function triple(port: number, host = "127.0.0.1"): WantedPort[] {
	return [
		{ role: "guard", host, port },
		{ role: "api-peer", host, port: port + 1 },
		{ role: "metrics", host, port: port + 10 },
	];
}

const hasIpv6 = Object.values(os.networkInterfaces()).some((all) =>
	all?.some(({ address }) => address === "::1"),
);

async function occupy(port: number, host: string): Promise<AsyncDisposable> {
	return await serveSockets((socket) => socket.destroy(), { port, host });
}

describe("B26 the ports before a start", () => {
	test("are all free, and stay free", async () => {
		const port = await freePortTriple();
		expect(await checkPorts(triple(port))).toEqual([]);
		expect(await checkPorts(triple(port, "0.0.0.0"))).toEqual([]);
	});

	test.each([
		["guard", "127.0.0.1", 0, "127.0.0.1"],
		["api-peer", "127.0.0.1", 1, "127.0.0.1"],
		["metrics", "127.0.0.1", 10, "127.0.0.1"],
		["guard", "0.0.0.0", 0, "127.0.0.1"],
		["api-peer", "0.0.0.0", 1, "127.0.0.1"],
		["metrics", "0.0.0.0", 10, "127.0.0.1"],
		["guard", "127.0.0.1", 0, "0.0.0.0"],
	] as const)(
		"name %s as taken, by a listener on %s, with its holder",
		async (role, listener, offset, wanted) => {
			const port = await freePortTriple();
			await using _ = await occupy(port + offset, listener);
			const taken = [{ role, host: wanted, port: port + offset, code: "EADDRINUSE", holder: self }];
			expect(await checkPorts(triple(port, wanted))).toEqual(taken);
		},
	);

	test("are named all three at once", async () => {
		const port = await freePortTriple();
		await using _guard = await occupy(port, "127.0.0.1");
		await using _apiPeer = await occupy(port + 1, "0.0.0.0");
		await using _metrics = await occupy(port + 10, "127.0.0.1");
		const taken = await checkPorts(triple(port));
		expect(taken.map(({ role, code, holder }) => ({ role, code, holder }))).toEqual([
			{ role: "guard", code: "EADDRINUSE", holder: self },
			{ role: "api-peer", code: "EADDRINUSE", holder: self },
			{ role: "metrics", code: "EADDRINUSE", holder: self },
		]);
	});

	test("are free for others again after a check that found one taken", async () => {
		const port = await freePortTriple();
		await using _ = await occupy(port + 10, "127.0.0.1");
		expect(await checkPorts(triple(port))).toHaveLength(1);
		await using _guard = await occupy(port, "127.0.0.1");
		await using _apiPeer = await occupy(port + 1, "127.0.0.1");
	});

	test.runIf(hasIpv6)("are tried on ::1 too", async () => {
		const port = await freePortTriple();
		expect(await checkPorts(triple(port, "::1"))).toEqual([]);
		await using _ = await occupy(port, "::1");
		expect(await checkPorts(triple(port, "::1"))).toEqual([
			{ role: "guard", host: "::1", port, code: "EADDRINUSE", holder: self },
		]);
		expect(await checkPorts(triple(port))).toEqual([]);
	});

	test("are not available on an address that no interface has", async () => {
		const port = await freePortTriple();
		const wanted = { role: "guard", host: "192.0.2.1", port } as const;
		expect(await checkPorts([wanted])).toEqual([{ ...wanted, code: "EADDRNOTAVAIL", holder: undefined }]);
	});

	// Root may bind any port, so the check runs as another user. The package is loaded before that: only root may be
	// able to read the checkout.
	test.runIf(linux)("are refused to an ordinary user below 1024", async () => {
		const script = `import { checkPorts } from ${JSON.stringify(builtPackage)};
			if (process.getuid() === 0) {
				process.setgid(65534);
				process.setuid(65534);
			}
			console.log(JSON.stringify(await checkPorts([{ role: "guard", host: "127.0.0.1", port: 1 }])));`;
		const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: "/" });
		expect(JSON.parse(stdout)).toEqual([{ role: "guard", host: "127.0.0.1", port: 1, code: "EACCES" }]);
	});
});
