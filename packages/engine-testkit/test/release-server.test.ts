import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
	expiredCertificate,
	type Fault,
	type FaultRule,
	otherNameCertificate,
	type ReleaseServer,
	releaseFiles,
	selfSigned,
	serveRelease,
	temporaryFolder,
} from "../src/index.ts";
import { ask, converse, type Seen } from "./ask.ts";

const content = Buffer.from("0123456789".repeat(10));
const artifact = "rivet-engine-x86_64-unknown-linux-musl";
const folder = "rivet/2.3.19/engine";
const files = releaseFiles({ version: "2.3.19", artifact, content });

describe("release files", () => {
	test("are an artifact and its manifest, in memory or on disk", async () => {
		const sha256 = createHash("sha256").update(content).digest("hex");
		expect(files).toEqual({
			[`${folder}/SHA256SUMS`]: Buffer.from(`${sha256}  ${artifact}\n`),
			[`${folder}/${artifact}`]: content,
		});
		await using temporary = await temporaryFolder();
		const file = path.join(temporary.path, "a");
		await writeFile(file, content);
		expect(
			releaseFiles({ version: "abc1234", component: "cli", artifact: "a", content: { path: file } }),
		).toEqual({
			"rivet/abc1234/cli/SHA256SUMS": Buffer.from(`${sha256}  a\n`),
			"rivet/abc1234/cli/a": { path: file },
		});
	});

	test("take a manifest that says something else", () => {
		const made = releaseFiles({ version: "1", artifact: "a", content, manifest: "wrong" });
		expect(made["rivet/1/engine/SHA256SUMS"]).toEqual(Buffer.from("wrong"));
	});
});

describe("a release server", () => {
	test("serves files, counts their bytes and records requests", async () => {
		await using server = await serveRelease({ files, basePath: "/mirror" });
		expect(server.url).toBe(`http://127.0.0.1:${server.port}/mirror`);
		const seen = await get(server);
		expect(seen).toMatchObject({ status: 200, body: content, complete: true, error: undefined });
		expect(seen.headers).toMatchObject({ "content-length": "100", "accept-ranges": "bytes" });
		expect(server.bytesSent).toBe(100);
		expect(server.requests).toMatchObject([{ method: "GET", url: `/mirror/${folder}/${artifact}` }]);
		for (const missing of [`${server.url}/rivet`, `${server.url}//${folder}/${artifact}`, server.url])
			expect((await ask(missing)).status).toBe(404);
	});

	test("serves a file from disk, larger than what is read at once", async () => {
		await using temporary = await temporaryFolder();
		const file = path.join(temporary.path, "a");
		const large = Buffer.alloc(1024 * 1024, "rivet");
		await writeFile(file, large);
		await using server = await serveRelease({ files: { a: { path: file } } });
		const whole = await ask(`${server.url}/a`);
		expect(whole.body.equals(large)).toBe(true);
		const part = await ask(`${server.url}/a`, { headers: { range: "bytes=1000000-" } });
		expect(part.headers["content-range"]).toBe("bytes 1000000-1048575/1048576");
		expect(part.body.equals(large.subarray(1_000_000))).toBe(true);
		expect(whole.headers["etag"]).toMatch(/^"[0-9a-f]+-100000"$/);
		expect(part.headers).toMatchObject({ etag: whole.headers["etag"] });
	});

	test.each([
		["bytes=10-", "bytes 10-99/100"],
		["bytes=0-0", "bytes 0-0/100"],
		["bytes=-5", "bytes 95-99/100"],
		["bytes=90-200", "bytes 90-99/100"],
		["bytes=100-", "bytes */100"],
		["bytes=-0", "bytes */100"],
		["bytes=5-4", undefined],
		["bytes=0-1,5-6", undefined],
		["bytes=-", undefined],
		["lines=1-2", undefined],
	])("answers the range '%s' with '%s'", async (range, expected) => {
		await using server = await serveRelease({ files });
		const seen = await get(server, { range });
		expect(seen.headers["content-range"]).toBe(expected);
		expect(seen.status).toBe(expected === undefined ? 200 : expected.includes("*") ? 416 : 206);
		const [, start, end] = /(\d+)-(\d+)/.exec(expected ?? "bytes 0-99") ?? [];
		if (seen.status !== 416) expect(seen.body).toEqual(content.subarray(Number(start), Number(end) + 1));
	});

	test("serves a range only if the file is still the one that If-Range means", async () => {
		const changing = { ...files };
		await using server = await serveRelease({ files: changing });
		const { headers } = await get(server);
		const resume = async (): Promise<(number | undefined)[]> => {
			const conditions = [headers["etag"], headers["last-modified"], `W/${headers["etag"]}`];
			const seen = conditions.map((each) => get(server, { range: "bytes=9-", "if-range": each ?? "" }));
			return (await Promise.all(seen)).map(({ status }) => status);
		};
		expect(await resume()).toEqual([206, 206, 200]);
		changing[`${folder}/${artifact}`] = Buffer.from("another");
		expect(await resume()).toEqual([200, 200, 200]);
	});

	test("answers 500 if a file cannot be read", async () => {
		await using server = await serveRelease({ files: { a: { path: "/nowhere/at all" } } });
		expect(await ask(`${server.url}/a`)).toMatchObject({ status: 500, body: expect.any(Buffer) });
	});
});

describe("fault rules", () => {
	test("apply by path, in order, as often as they say", async () => {
		const rules: FaultRule[] = [
			{ path: "SHA256SUMS", times: 1, fault: status(501) },
			{ path: /SUMS$/g, times: 2, fault: status(502) },
			{ path: "SUMS", fault: status(503) },
			{ path: `${folder}/${artifact}`, fault: status(504) },
		];
		await using server = await serveRelease({ files, faults: rules });
		const seen: (number | undefined)[] = [];
		for (let round = 0; round < 4; round += 1)
			seen.push((await ask(`${server.url}/${folder}/SHA256SUMS`)).status);
		expect(seen).toEqual([501, 502, 502, 200]);
		expect((await get(server)).status).toBe(504);
	});

	test("about ranges are kept for requests with one", async () => {
		await using server = await faulty({ kind: "ignore-range" }, 1);
		expect(await get(server)).toMatchObject({ status: 200 });
		expect(await get(server, { range: "bytes=5-" })).toMatchObject({ status: 200, body: content });
		expect(await get(server, { range: "bytes=5-" })).toMatchObject({ status: 206 });
	});

	test("may name several faults at once", async () => {
		await using server = await faulty([{ kind: "no-validator" }, { kind: "cut", afterBytes: 7 }]);
		const seen = await get(server);
		expect(seen.body).toEqual(content.subarray(0, 7));
		expect(seen.headers).not.toHaveProperty("etag");
	});
});

describe("a faulty transfer", () => {
	test.each([0, 1, 99, 100])("is cut after %i bytes, all of which arrive", async (afterBytes) => {
		await using server = await faulty({ kind: "cut", afterBytes });
		const { received, error } = await converse(server.port, bareRequest);
		expect(received.split("\r\n\r\n")[1]).toBe(String(content.subarray(0, afterBytes)));
		expect(error).toBeUndefined();
		expect(await get(server)).toMatchObject({ status: 200, complete: afterBytes === 100 });
		expect(server.bytesSent).toBe(2 * afterBytes);
	});

	test("is not cut behind its end", async () => {
		await using server = await faulty({ kind: "cut", afterBytes: 101 });
		expect(await get(server)).toMatchObject({ complete: true, error: undefined });
	});

	test("is reset", async () => {
		await using server = await faulty({ kind: "reset", afterBytes: 10 });
		// A client too slow to read the bytes first sees an end.
		await expect
			.poll(async () => (await converse(server.port, bareRequest)).error, { timeout: 10_000 })
			.toBe("ECONNRESET");
		const { received } = await converse(server.port, bareRequest);
		expect((received.split("\r\n\r\n")[1] ?? "").length).toBeLessThanOrEqual(10);
		expect(server.bytesSent).toBe(10 * server.requests.length);
	});

	test.each([0, 10])("stalls after %i bytes until the server is disposed of", async (afterBytes) => {
		await using server = await faulty({ kind: "stall", afterBytes });
		const seen = await get(server, {}, (body) => {
			if (body.length === afterBytes) void server[Symbol.asyncDispose]();
		});
		expect(seen).toMatchObject({ status: 200, complete: false, error: "ECONNRESET" });
		expect(seen.body).toEqual(content.subarray(0, afterBytes));
		expect(server.bytesSent).toBe(afterBytes);
	});

	test("stalls before the headers until the server is disposed of", async () => {
		const server = await faulty({ kind: "stall-headers" });
		const answer = get(server);
		await expect.poll(() => server.requests.length).toBe(1);
		await server[Symbol.asyncDispose]();
		expect(await answer).toMatchObject({ status: undefined, error: "ECONNRESET" });
	});

	test("is held until a promise is kept", async () => {
		let release = (): void => {};
		const until = new Promise<void>((resolve) => {
			release = resolve;
		});
		await using server = await faulty({ kind: "hold", afterBytes: 10, until });
		const seen = await get(server, {}, (body) => {
			if (body.length !== 10) return;
			expect(server.bytesSent).toBe(10);
			release();
		});
		expect(seen).toMatchObject({ body: content, complete: true });
	});

	test.each<Fault>([
		{ kind: "drip", bytesPerSecond: 0.01, chunkBytes: 3 },
		{ kind: "throttle", bytesPerSecond: 0.01 },
	])("takes as long as it is told: $kind", async (fault) => {
		// The second chunk is due in minutes; hanging up ends the server's wait for it.
		await using server = await faulty(fault);
		const chunkBytes = fault.kind === "drip" ? 3 : 1;
		expect((await get(server, {}, (body) => body.length > 0)).body).toEqual(content.subarray(0, chunkBytes));
		expect(server.bytesSent).toBe(chunkBytes);
	});

	test.each<Fault>([
		{ kind: "drip", bytesPerSecond: 1_000_000, chunkBytes: 7 },
		{ kind: "throttle", bytesPerSecond: 1_000_000 },
	])("arrives whole in the end: $kind", async (fault) => {
		await using server = await faulty(fault);
		expect(await get(server)).toMatchObject({ body: content, complete: true });
	});
});

describe("faulty content", () => {
	test.each([
		[5, "105", false],
		[-5, "95", true],
	])("is %i bytes off its declared length", async (delta, declared, complete) => {
		await using server = await faulty({ kind: "wrong-length", delta });
		const { received } = await converse(server.port, bareRequest);
		expect(received).toContain(`content-length: ${declared}\r\n`);
		expect(received.split("\r\n\r\n")[1]).toBe(String(content));
		expect(await get(server)).toMatchObject({ complete });
	});

	test("has no length", async () => {
		await using server = await faulty({ kind: "no-length" });
		const { headers, body } = await get(server);
		expect(headers).toMatchObject({ "transfer-encoding": "chunked" });
		expect(headers).not.toHaveProperty("content-length");
		expect(body).toEqual(content);
	});

	test("has one wrong bit, at an offset of the file, and is itself untouched", async () => {
		await using server = await faulty({ kind: "flip-bit", offset: 12 });
		const flipped = Buffer.from(content);
		flipped[12] = 0x33;
		expect((await get(server)).body).toEqual(flipped);
		expect((await get(server, { range: "bytes=10-" })).body).toEqual(flipped.subarray(10));
		expect((await get(server, { range: "bytes=13-" })).body).toEqual(content.subarray(13));
		expect(String(content)).toBe("0123456789".repeat(10));
	});

	test("is gzipped", async () => {
		await using server = await faulty({ kind: "gzip" });
		const { headers, body } = await get(server);
		expect(headers["content-encoding"]).toBe("gzip");
		expect(gunzipSync(body)).toEqual(content);
		expect(server.bytesSent).toBe(body.length);
	});
});

describe("a faulty range", () => {
	test.each<[Fault, Partial<Seen>, string | undefined]>([
		[{ kind: "ignore-range" }, { status: 200, body: content }, undefined],
		[{ kind: "wrong-range-start", delta: 5 }, { status: 206, body: content.subarray(45) }, "bytes 45-99/100"],
		[{ kind: "wrong-range-start", delta: -99 }, { status: 206, body: content }, "bytes 0-99/100"],
		[{ kind: "wrong-range-total", delta: 1 }, { status: 206, body: content.subarray(40) }, "bytes 40-99/101"],
		[{ kind: "range-not-satisfiable" }, { status: 416 }, "bytes */100"],
		[{ kind: "range-not-satisfiable", total: 7 }, { status: 416 }, "bytes */7"],
	])("%o", async (fault, expected, contentRange) => {
		await using server = await faulty(fault);
		const seen = await get(server, { range: "bytes=40-" });
		expect(seen).toMatchObject({ ...expected, complete: true });
		expect(seen.headers["content-range"]).toBe(contentRange);
	});
});

describe("a faulty validator", () => {
	test("is missing", async () => {
		await using server = await faulty({ kind: "no-validator" });
		const { headers } = await get(server);
		expect(headers).not.toHaveProperty("etag");
		expect(headers).not.toHaveProperty("last-modified");
	});

	test("is another one each time", async () => {
		await using server = await faulty({ kind: "new-validator" });
		const { headers } = await get(server);
		for (const condition of [headers["etag"], headers["last-modified"]])
			expect(await get(server, { range: "bytes=9-", "if-range": condition ?? "" })).toMatchObject({
				status: 200,
			});
	});

	test("is weak, and no condition", async () => {
		await using server = await faulty({ kind: "weak-etag" });
		const { headers } = await get(server);
		expect(headers["etag"]).toMatch(/^W\/".+"$/);
		const resume = (condition = ""): Promise<Seen> =>
			get(server, { range: "bytes=9-", "if-range": condition });
		expect(await resume(headers["etag"])).toMatchObject({ status: 200 });
		expect(await resume(headers["last-modified"])).toMatchObject({ status: 206 });
	});
});

describe("another answer", () => {
	test("is a status, with headers and a body", async () => {
		await using server = await faulty({ ...status(429), headers: { "retry-after": "7" }, body: "later" });
		const seen = await get(server);
		expect(seen).toMatchObject({ status: 429, body: Buffer.from("later"), complete: true });
		expect(seen.headers["retry-after"]).toBe("7");
	});

	test("is a page", async () => {
		await using server = await faulty([{ kind: "html", status: 203 }]);
		const seen = await get(server);
		expect(seen.status).toBe(203);
		expect(seen.headers["content-type"]).toContain("text/html");
		expect(String(seen.body)).toMatch(/^<!doctype html>/);
	});

	test("leads elsewhere, or back to itself", async () => {
		await using away = await faulty({ kind: "redirect", to: "http://elsewhere.test/a" });
		expect(await get(away)).toMatchObject({ status: 302, headers: { location: "http://elsewhere.test/a" } });
		await using loop = await faulty({ kind: "redirect", to: (url) => `${url}?again`, status: 308 });
		expect(await get(loop)).toMatchObject({
			status: 308,
			headers: { location: `/${folder}/${artifact}?again` },
		});
	});
});

describe("a release server with TLS", () => {
	test.each([
		["a certificate that signs itself", selfSigned(), undefined],
		["an expired certificate", expiredCertificate(), "CERT_HAS_EXPIRED"],
		["a certificate for another name", otherNameCertificate(), "ERR_TLS_CERT_ALTNAME_INVALID"],
	])("has %s", async (_, tls, error) => {
		await using server = await serveRelease({ files, tls });
		expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
		const url = `${server.url}/${folder}/${artifact}`;
		expect(await ask(url, { ca: tls.cert })).toMatchObject({
			error,
			body: error ? Buffer.alloc(0) : content,
		});
		expect(await ask(url)).toMatchObject({ status: undefined, error: expect.any(String) });
		expect(server.requests).toHaveLength(error ? 0 : 1);
	});

	test.each<[Fault["kind"]]>([["cut"], ["reset"]])("breaks a connection: %s", async (kind) => {
		const tls = selfSigned();
		const faults = [{ path: artifact, fault: { kind, afterBytes: 10 } as Fault }];
		await using server = await serveRelease({ files, tls, faults });
		const seen = await ask(`${server.url}/${folder}/${artifact}`, { ca: tls.cert });
		expect(seen).toMatchObject({ complete: false, error: "ECONNRESET" });
		if (kind === "cut") expect(seen.body).toEqual(content.subarray(0, 10));
	});
});

const bareRequest = `GET /${folder}/${artifact} HTTP/1.1\r\nhost: x\r\n\r\n`;

function status(code: number): Extract<Fault, { readonly kind: "status" }> {
	return { kind: "status", status: code };
}

async function faulty(
	fault: Fault | readonly Fault[],
	times = Number.POSITIVE_INFINITY,
): Promise<ReleaseServer> {
	return await serveRelease({ files, faults: [{ path: artifact, times, fault }] });
}

async function get(
	server: ReleaseServer,
	headers: Record<string, string> = {},
	onBody?: (body: Buffer) => unknown,
): Promise<Seen> {
	const url = `${server.url}/${folder}/${artifact}`;
	return await ask(url, onBody === undefined ? { headers } : { headers, onBody });
}
