import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import {
	expectEngineError,
	type Fault,
	recordingLogger,
	type ServeOptions,
	selfSigned,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	ARTIFACT,
	askedOf,
	CONTENT,
	downloads,
	serveEngine,
	sha256Of,
	withCredentials,
} from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);
const BASIC = `Basic ${Buffer.from("ann:s3cret").toString("base64")}`;
const trusted = { NODE_EXTRA_CA_CERTS: selfSigned().certPath };

/** Starts a server that redirects every request for the artifact. */
async function redirecting(
	to: string | ((url: string) => string),
	options: ServeOptions & { readonly tls?: { readonly key: string; readonly cert: string } } = {},
	status = 302,
): Promise<TestServer> {
	const fault: Fault = { kind: "redirect", to, status };
	return await serveEngine({ ...options, faults: [{ path: ARTIFACT, fault }] });
}

describe("B22 a redirect", () => {
	test.each([301, 302, 303, 307, 308])("with %i is followed", async (status) => {
		await using here = await downloads();
		await using good = await serveEngine();
		await using server = await redirecting((url) => good.url + url, {}, status);
		await here.download({ releasesEndpoint: server.url });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(good)).toEqual([ARTIFACT]);
	});

	test("is followed by every attempt, with the missing range", async () => {
		await using here = await downloads();
		await using good = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "cut", afterBytes: 600_000 } }],
		});
		await using server = await redirecting((url) => good.url + url);
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		const asked = [ARTIFACT, `${ARTIFACT} bytes=600000-`];
		expect(askedOf(server)).toEqual(asked);
		expect(askedOf(good)).toEqual(asked);
		expect(good.bytesSent).toBe(CONTENT.length);
	});

	test("may be relative", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "redirect", to: `./${ARTIFACT}?again` } }],
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT}?again`]);
	});

	test.each([
		[5, "is followed"],
		[6, "is an error"],
	])("%i times in a row %s", async (times) => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times, fault: { kind: "redirect", to: (url) => url } }],
		});
		const download = here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		if (times === 5) await download;
		else {
			const { message } = await expectEngineError(download, "download_failed");
			expect(message).toContain("more than 5 redirects");
		}
		expect(server.requests).toHaveLength(6);
		expect(here.waits).toEqual([]);
	});

	test("from http to https is followed", async () => {
		await using here = await downloads();
		await using good = await serveEngine({ tls: selfSigned() });
		await using server = await redirecting((url) => good.url + url);
		await here.download({ releasesEndpoint: server.url, sha256: SHA256, environment: trusted });
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test.each([false, true])("from https to http is refused, with unsafelyAllowHttp %j", async (unsafely) => {
		await using here = await downloads();
		await using plain = await serveEngine();
		await using server = await redirecting((url) => plain.url + url, { tls: selfSigned() });
		const { metadata } = await expectEngineError(
			here.download({
				releasesEndpoint: server.url,
				sha256: SHA256,
				environment: trusted,
				unsafelyAllowHttp: unsafely,
			}),
			"insecure_url",
		);
		expect(metadata).toMatchObject({ url: expect.stringContaining(plain.url), hint: expect.any(String) });
		expect(plain.requests).toEqual([]);
	});

	test("from https to http is refused, even if the first URL was http", async () => {
		await using here = await downloads();
		await using plain = await serveEngine();
		await using encrypted = await redirecting((url) => plain.url + url, { tls: selfSigned() });
		await using server = await redirecting((url) => encrypted.url + url);
		await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: SHA256, environment: trusted }),
			"insecure_url",
		);
		expect(plain.requests).toEqual([]);
	});

	test("that is refused leads to the next server", async () => {
		await using here = await downloads();
		await using plain = await serveEngine();
		await using server = await redirecting((url) => plain.url + url, { tls: selfSigned() });
		await using good = await serveEngine({ tls: selfSigned() });
		await here.download({ releasesEndpoint: [server.url, good.url], environment: trusted });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(plain.requests).toEqual([]);
	});

	test.each(["http://releases.test/", "file:///etc/passwd", "ftp://releases.test/"])(
		"to %s is refused",
		async (to) => {
			await using here = await downloads();
			await using server = await redirecting(to);
			await expectEngineError(
				here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
				"insecure_url",
			);
		},
	);
});

describe("B23 credentials in a URL", () => {
	test("are sent to its origin", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: withCredentials(server) });
		expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([BASIC, BASIC]);
	});

	test.each([
		["a%40b:p%25%C3%BC", "a@b:p%ü"],
		["ann", "ann:"],
		["ann:50%", "ann:50%"],
	])("are decoded: %s", async (encoded, decoded) => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: withCredentials(server, encoded), sha256: SHA256 });
		const [request] = server.requests;
		expect(request?.headers.authorization).toBe(`Basic ${Buffer.from(decoded).toString("base64")}`);
	});

	test("are sent after a redirect within the origin", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "redirect", to: (url) => `${url}?again` } }],
		});
		await here.download({ releasesEndpoint: withCredentials(server), sha256: SHA256 });
		expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([BASIC, BASIC]);
	});

	test.each([
		["another port", (server: TestServer) => server.url],
		["another host", (server: TestServer) => server.url.replace("127.0.0.1", "localhost")],
	])("are not sent to %s", async (_, urlOf) => {
		await using here = await downloads();
		await using other = await serveEngine();
		await using server = await redirecting((url) => urlOf(other) + url);
		await here.download({ releasesEndpoint: withCredentials(server), sha256: SHA256 });
		expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([BASIC]);
		expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
	});

	test("are not sent to the next server", async () => {
		await using here = await downloads();
		await using first = await serveEngine({
			faults: [{ path: /./, fault: { kind: "status", status: 403 } }],
		});
		await using second = await serveEngine();
		await here.download({ releasesEndpoint: [withCredentials(first), second.url] });
		expect(second.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
	});

	test("are neither in the receipt nor in the log", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [
				{ path: ARTIFACT, times: 1, fault: { kind: "status", status: 503 } },
				{ path: ARTIFACT, times: 1, fault: { kind: "flip-bit", offset: 1 } },
				{ path: ARTIFACT, times: 1, fault: { kind: "reset", afterBytes: 5 } },
			],
		});
		const logger = recordingLogger();
		await here.download({ releasesEndpoint: withCredentials(server), logger });
		expect(await readFile(`${here.target}.receipt.json`, "utf8")).toContain(`"${server.url}/rivet/`);
		expect(await readFile(`${here.target}.receipt.json`, "utf8")).not.toMatch(/ann|s3cret/);
		expect(logger.entries.length).toBeGreaterThan(3);
		expect(inspect(logger.entries, { depth: 20 })).not.toMatch(/ann|s3cret|YW5uOnMzY3JldA/);
	});

	test.each<[string, string, Fault]>([
		["download_failed", ARTIFACT, { kind: "status", status: 403 }],
		["download_failed", ARTIFACT, { kind: "redirect", to: (url) => url }],
		["download_failed", ARTIFACT, { kind: "reset", afterBytes: 5 }],
		["download_failed", ARTIFACT, { kind: "html" }],
		["checksum_mismatch", ARTIFACT, { kind: "flip-bit", offset: 1 }],
		["version_not_found", "SHA256SUMS", { kind: "status", status: 404 }],
		["manifest_invalid", "SHA256SUMS", { kind: "html" }],
		["insecure_url", ARTIFACT, { kind: "redirect", to: "http://ann:s3cret@releases.test/" }],
	])("are not in the error %s for %s", async (code, file, fault) => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: [{ path: file, fault }] });
		const error = await expectEngineError(here.download({ releasesEndpoint: withCredentials(server) }), code);
		expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/ann[:@]|s3cret|YW5uOnMzY3JldA/);
	});
});
