import http from "node:http";
import type { Socket } from "node:net";
import tls from "node:tls";
import { describe, expect, test } from "vitest";
import {
	type FaultRule,
	freePortTriple,
	selfSigned,
	serveProxy,
	serveRelease,
	type TestServer,
} from "../src/index.ts";
import { ask, converse } from "./ask.ts";

const files = { a: Buffer.from("the file") };
const basic = `Basic ${Buffer.from("me:pass:word").toString("base64")}`;

describe("a proxy", () => {
	test("makes tunnels, and says where to", async () => {
		await using server = await serveRelease({ files });
		await using proxy = await serveProxy();
		const tunnel = await connect(proxy, `127.0.0.1:${server.port}`);
		expect(await ask(`${server.url}/a`, { through: tunnel.socket })).toMatchObject({
			body: files.a,
			complete: true,
		});
		expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
		expect(proxy.requests).toMatchObject([{ method: "CONNECT", url: `127.0.0.1:${server.port}` }]);
	});

	test("passes TLS through, to where a name is routed", async () => {
		const { cert, key } = selfSigned();
		await using server = await serveRelease({ files, tls: { cert, key } });
		await using proxy = await serveProxy({ route: () => `127.0.0.1:${server.port}` });
		const { socket } = await connect(proxy, "releases.test:443");
		const through = tls.connect({ socket, ca: cert, servername: "localhost" });
		expect(await ask("http://releases.test/a", { through })).toMatchObject({ body: files.a });
		expect(proxy.targets).toEqual(["releases.test:443"]);
	});

	test.each<[FaultRule["fault"], boolean]>([
		[{ kind: "cut", afterBytes: 3 }, false],
		[{ kind: "reset", afterBytes: 3 }, false],
		[{ kind: "drip", chunkBytes: 3, bytesPerSecond: 100_000 }, true],
	])("passes on how a transfer ends: %o", async (fault, complete) => {
		await using server = await serveRelease({ files, faults: [{ path: "a", fault }] });
		await using proxy = await serveProxy();
		const { socket } = await connect(proxy, `127.0.0.1:${server.port}`);
		expect(await ask(`${server.url}/a`, { through: socket })).toMatchObject({ complete });
	});

	test("forwards plain requests, without what is meant for it", async () => {
		await using server = await serveRelease({ files });
		await using proxy = await serveProxy({ credentials: { user: "me", password: "pass:word" } });
		const { received } = await converse(
			proxy.port,
			`GET ${server.url}/a?b HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nproxy-authorization: ${basic}\r\nconnection: close\r\n\r\n`,
		);
		expect(received).toMatch(/^HTTP\/1\.1 200 [\s\S]*the file$/);
		expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
		expect(server.requests).toMatchObject([{ url: "/a?b", headers: { host: `127.0.0.1:${server.port}` } }]);
		expect(server.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
	});

	test.each([undefined, "Basic bm9ib2R5"])(
		"demands credentials of '%s', and connects nowhere",
		async (given) => {
			await using proxy = await serveProxy({ credentials: { user: "me", password: "pass:word" } });
			const headers = given === undefined ? {} : { "proxy-authorization": given };
			const refused = await connect(proxy, "releases.test:443", headers);
			expect(refused).toMatchObject({
				status: 407,
				headers: { "proxy-authenticate": 'Basic realm="proxy"' },
			});
			expect((await converse(proxy.port, plainRequest)).received).toMatch(/^HTTP\/1\.1 407 /);
			expect(proxy.targets).toEqual([]);
		},
	);

	test("takes the right credentials", async () => {
		await using server = await serveRelease({ files });
		await using proxy = await serveProxy({ credentials: { user: "me", password: "pass:word" } });
		const target = `127.0.0.1:${server.port}`;
		const { status, socket } = await connect(proxy, target, { "proxy-authorization": basic });
		expect(status).toBe(200);
		expect(await ask(`${server.url}/a`, { through: socket })).toMatchObject({ body: files.a });
	});

	test("answers 502 if nobody listens there, and 400 to what is no request for a proxy", async () => {
		const target = `127.0.0.1:${await freePortTriple()}`;
		await using proxy = await serveProxy({ route: () => target });
		expect(await connect(proxy, "releases.test:443")).toMatchObject({ status: 502 });
		expect((await converse(proxy.port, plainRequest)).received).toMatch(/^HTTP\/1\.1 502 /);
		expect(proxy.targets).toEqual(["releases.test:443", "releases.test:80"]);
		expect(await ask(`${proxy.url}/a`)).toMatchObject({ status: 400 });
	});

	test("closes its tunnels when it is disposed of", async () => {
		await using server = await serveRelease({
			files,
			faults: [{ path: "a", fault: { kind: "stall", afterBytes: 3 } }],
		});
		const proxy = await serveProxy();
		const { socket } = await connect(proxy, `127.0.0.1:${server.port}`);
		const onBody = ({ length }: Buffer): unknown => length === 3 && proxy[Symbol.asyncDispose]();
		expect(await ask(`${server.url}/a`, { through: socket, onBody })).toMatchObject({ complete: false });
	});
});

const plainRequest =
	"GET http://releases.test/a HTTP/1.1\r\nhost: releases.test\r\nconnection: close\r\n\r\n";

async function connect(
	proxy: TestServer,
	target: string,
	headers: http.OutgoingHttpHeaders = {},
): Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; socket: Socket }> {
	return await new Promise((resolve, reject) => {
		const request = http.request({
			port: proxy.port,
			method: "CONNECT",
			path: target,
			headers,
			agent: false,
		});
		request.on("error", reject);
		request.on("connect", (response, socket: Socket) => {
			resolve({ status: response.statusCode, headers: response.headers, socket });
		});
		request.end();
	});
}
