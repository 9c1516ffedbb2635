import { silentLogger } from "@rivetkit/engine-core";
import {
	type ReleaseServer,
	selfSigned,
	serveProxy,
	serveRelease,
	serveRequests,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import type { HttpAnswer } from "../src/network/http-answer.ts";
import { type HttpClient, openHttpClient } from "../src/network/http-client.ts";
import { systemTransfer } from "../src/transfer-context.ts";

/** A body with one byte more than may wait to be read: its last chunk is the one that pauses the connection. */
const JUST_TOO_MUCH = Buffer.alloc(256 * 1024 + 1, "engine");

async function clientFor(environment = {}, signal = new AbortController().signal): Promise<HttpClient> {
	return await openHttpClient({
		...systemTransfer,
		environment,
		logger: silentLogger,
		signal,
		// Without this, plain http to this machine would bypass the proxies of these tests.
		unsafelyAllowHttp: true,
	});
}

async function readAll({ body }: HttpAnswer): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of body) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** Waits until a server sends no more, and tells how many bytes it has sent. */
async function untilStill(server: ReleaseServer): Promise<number> {
	let before = -1;
	await expect
		.poll(() => {
			const isStill = server.bytesSent === before;
			before = server.bytesSent;
			return isStill;
		})
		.toBe(true);
	return before;
}

describe("B21 a body that is not read", () => {
	test("stops its server, which sends the rest once the body is read", async () => {
		const content = Buffer.alloc(48 * 1024 * 1024, "engine");
		await using server = await serveRelease({ files: { file: content } });
		await using client = await clientFor();
		const answer = await client.get(new URL(`${server.url}/file`), {});
		// The buffers of the kernel, on both sides, hold some MiB at most.
		expect(await untilStill(server)).toBeLessThan(content.length / 2);
		expect((await readAll(answer)).equals(content)).toBe(true);
	});

	test("stops its server even if another connection ends meanwhile", async () => {
		const content = Buffer.alloc(48 * 1024 * 1024, "engine");
		await using server = await serveRelease({ files: { file: content } });
		let end = (): void => {};
		let hasEnded = false;
		await using other = await serveRequests((request, response) => {
			response.writeHead(200, { "content-length": "10" }).write("half");
			request.socket.on("close", () => {
				hasEnded = true;
			});
			end = () => void request.socket.end();
		});
		await using client = await clientFor();
		await client.get(new URL(other.url), {});
		const answer = await client.get(new URL(`${server.url}/file`), {});
		end();
		await expect.poll(() => hasEnded).toBe(true);
		expect(await untilStill(server)).toBeLessThan(content.length / 2);
		expect((await readAll(answer)).equals(content)).toBe(true);
	});

	test.each([
		["with its length", { "content-length": `${JUST_TOO_MUCH.length}`, connection: "close" }, false, false],
		["without one", { connection: "close" }, false, false],
		["through a proxy", { connection: "close" }, true, false],
		["through a tunnel", { connection: "close" }, true, true],
	])("is still complete after its connection has ended, %s", async (_, headers, isProxied, isTls) => {
		let closed = false;
		const files = { file: JUST_TOO_MUCH };
		await using plain = await serveRequests((request, response) => {
			request.socket.on("close", () => {
				closed = true;
			});
			response.writeHead(200, headers).end(JUST_TOO_MUCH);
		});
		await using encrypted = await serveRelease({
			files,
			tls: selfSigned(),
			faults: [{ path: "file", fault: { kind: "wrong-length", delta: 0 } }],
		});
		await using proxy = await serveProxy();
		const environment = {
			NODE_EXTRA_CA_CERTS: selfSigned().certPath,
			...(isProxied ? { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } : {}),
		};
		await using client = await clientFor(environment);
		const answer = await client.get(new URL(`${isTls ? encrypted.url : plain.url}/file`), {});
		if (isTls) await expect.poll(() => encrypted.bytesSent).toBe(JUST_TOO_MUCH.length);
		else await expect.poll(() => closed).toBe(true);
		expect((await readAll(answer)).equals(JUST_TOO_MUCH)).toBe(true);
	});

	test("gives what had come before its connection was reset, and then fails", async () => {
		let reset = (): void => {};
		await using server = await serveRequests((request, response) => {
			response.writeHead(200, { connection: "close", "content-length": "999999999" });
			response.write(JUST_TOO_MUCH);
			reset = () => void request.socket.resetAndDestroy();
		});
		await using client = await clientFor();
		const answer = await client.get(new URL(server.url), {});
		const body = answer.body[Symbol.asyncIterator]();
		let received = 0;
		while (received < JUST_TOO_MUCH.length / 4) received += (await body.next()).value?.length ?? 0;
		reset();
		await expect(
			(async () => {
				for (;;) {
					const { done, value } = await body.next();
					if (done) return;
					received += value.length;
				}
			})(),
		).rejects.toThrow();
	});
});
