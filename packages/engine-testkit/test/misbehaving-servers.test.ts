import net from "node:net";
import { describe, expect, test } from "vitest";
import {
	freePortTriple,
	type ServeOptions,
	serveClosing,
	serveDrip,
	serveEndless,
	serveGarbage,
	serveHalfHeaders,
	serveHtml,
	serveRequests,
	serveRuntime,
	serveSilent,
	serveStatus,
	type TestServer,
} from "../src/index.ts";

describe("a test server", () => {
	test("records what it is asked", async () => {
		await using server = await serveRequests((_, response) => response.end("here"));
		const response = await fetch(`${server.url}/a?b`, { method: "POST", headers: { mark: "x" } });
		expect(await response.text()).toBe("here");
		expect(server.requests).toMatchObject([{ method: "POST", url: "/a?b", headers: { mark: "x" } }]);
	});

	test("listens where it is told, and is gone when it is disposed of", async () => {
		const port = await freePortTriple();
		const server = await serveHtml({ port, host: "127.0.0.2" });
		expect(server.url).toBe(`http://127.0.0.2:${port}`);
		expect((await fetch(server.url)).headers.get("content-type")).toContain("text/html");
		await server[Symbol.asyncDispose]();
		await expect(fetch(server.url)).rejects.toThrow();
	});

	test("answers with a status or a runtime", async () => {
		await using status = await serveStatus(418, "short", "text/x");
		const response = await fetch(status.url);
		expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
			418,
			"short",
			"text/x",
		]);
		await using named = await serveRuntime("rivetkit");
		expect(await (await fetch(named.url)).json()).toMatchObject({ runtime: "rivetkit", status: "ok" });
		await using unnamed = await serveRuntime(undefined);
		expect(await (await fetch(unnamed.url)).json()).not.toHaveProperty("runtime");
	});

	test.each<[string, (options?: ServeOptions) => Promise<TestServer>, RegExp]>([
		["drips", serveDrip, /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\n[\s\S]*1\r\n \r\n1\r\n \r\n/],
		["does not end", serveEndless, /x{10000}/],
		["stops in a header", serveHalfHeaders, /^HTTP\/1\.1 200 OK\r\ncontent-ty$/],
		["speaks something else", serveGarbage, /^SSH-2\.0-\S+\r\n$/],
	])("%s, and can be disposed of meanwhile", async (_, serve, expected) => {
		await using server = await serve();
		expect(await readUntil(server.port, expected)).toMatch(expected);
	});

	test("takes a request and does not answer, and can be disposed of meanwhile", async () => {
		const server = await serveSilent();
		const answer = readUntil(server.port, /./);
		await expect.poll(() => server.requests.length).toBe(1);
		await server[Symbol.asyncDispose]();
		expect(await answer).toBe("");
	});

	test("hangs up", async () => {
		await using server = await serveClosing();
		expect(await readUntil(server.port, /./)).toBe("");
		expect(server.requests).toEqual([]);
	});
});

/** Sends a GET, and collects the answer until it matches or the connection ends. */
async function readUntil(port: number, expected: RegExp): Promise<string> {
	return await new Promise((resolve) => {
		let text = "";
		const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
		socket.on("data", (chunk) => {
			text += String(chunk);
			if (expected.test(text)) socket.destroy();
		});
		socket.on("error", () => {});
		socket.on("close", () => resolve(text));
	});
}
