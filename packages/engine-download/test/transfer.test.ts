import { readdir } from "node:fs/promises";
import {
	expectEngineError,
	type Fault,
	type FaultRule,
	recordingLogger,
	serveRequests,
} from "@rivetkit/engine-testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ARTIFACT, askedOf, CONTENT, downloads, serveEngine, sha256Of } from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);
const SIZE = CONTENT.length;
const MIB = 1024 * 1024;

function faulty(
	...faults: readonly (readonly [times: number, fault: Fault | readonly Fault[]])[]
): FaultRule[] {
	return faults.map(([times, fault]) => ({ path: ARTIFACT, times, fault }));
}

const always = Number.POSITIVE_INFINITY;
const unavailable: Fault = { kind: "status", status: 503 };

describe("B22 a silent server", () => {
	test("that sends no headers is asked twice; then the next server is asked", async () => {
		await using here = await downloads();
		await using silent = await serveEngine({ faults: faulty([always, { kind: "stall-headers" }]) });
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [silent.url, good.url], sha256: SHA256 }, { firstByteMs: 400 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(silent)).toEqual([ARTIFACT, ARTIFACT]);
		expect(askedOf(good)).toEqual([ARTIFACT]);
	});

	test("that is the only one leads to an error that names it", async () => {
		await using here = await downloads();
		await using silent = await serveEngine({ faults: faulty([always, { kind: "stall-headers" }]) });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: silent.url, sha256: SHA256 }, { firstByteMs: 100 }),
			"download_failed",
		);
		expect(message).toContain(`${silent.url}/rivet/`);
		expect(message).toContain("UND_ERR_HEADERS_TIMEOUT");
		expect(metadata).toMatchObject({ attempts: 2, receivedBytes: 0, hint: expect.any(String) });
	});

	test("is asked further if it answers in between", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: faulty([1, { kind: "stall-headers" }], [1, unavailable], [1, { kind: "stall-headers" }]),
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 }, { firstByteMs: 400 });
		expect(server.requests).toHaveLength(4);
	});

	test("that stops in the body ends the attempt, and the bytes so far are kept", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([1, { kind: "stall", afterBytes: 700_000 }]) });
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 }, { idleMs: 300 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT} bytes=700000-`]);
		expect(server.bytesSent).toBe(SIZE);
	});
});

describe("B22 a slow transfer", () => {
	// The seed had a limit for the whole, 60 s. Here every limit is a third of the time that the body takes.
	test.each<[string, Fault]>([
		["a drip", { kind: "drip", bytesPerSecond: 20_000, chunkBytes: 1000 }],
		["a slow line", { kind: "throttle", bytesPerSecond: 20_000 }],
	])("is not ended while bytes come: %s", async (_, fault) => {
		await using here = await downloads();
		const content = CONTENT.subarray(0, 30_000);
		await using server = await serveEngine({ content, faults: faulty([always, fault]) });
		await here.download(
			{ releasesEndpoint: server.url, sha256: sha256Of(content) },
			{ connectMs: 500, firstByteMs: 500, idleMs: 500 },
		);
		expect(content.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT]);
	});
});

describe("B22 the seed's limit of 60 s", () => {
	afterEach(() => void vi.useRealTimers());

	test("does not end a transfer of two minutes", async () => {
		await using here = await downloads();
		const chunk = Buffer.alloc(10_000, "a");
		const seconds = 120;
		const content = Buffer.alloc(seconds * chunk.length, "a");
		let send = (): void => {};
		await using server = await serveRequests((_, response) => {
			response.writeHead(200, { "content-length": content.length });
			response.flushHeaders();
			send = () => void response.write(chunk);
		});
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "performance", "Date"] });
		let received = -1;
		const download = here.download({
			releasesEndpoint: server.url,
			sha256: sha256Of(content),
			onProgress: ({ receivedBytes }) => {
				received = receivedBytes;
			},
		});
		await untilTrue(() => server.requests.length === 1 && received === 0);
		// Halfway between two ticks of the meter, so that each chunk is reported when it comes.
		vi.advanceTimersByTime(500);
		for (let second = 1; second <= seconds; second++) {
			vi.advanceTimersByTime(1000);
			send();
			await untilTrue(() => received === second * chunk.length);
		}
		expect(await download).toMatchObject({ source: "download", sizeBytes: content.length });
		expect(server.requests).toHaveLength(1);
	});

	/** Waits in real time: `setImmediate` is not replaced by the fake timers. */
	async function untilTrue(isTrue: () => boolean): Promise<void> {
		while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
	}
});

describe("B20 B22 another attempt", () => {
	test.each<[string, Fault, number]>([
		["503", unavailable, 250],
		["408", { kind: "status", status: 408 }, 250],
		["425", { kind: "status", status: 425 }, 250],
		["500", { kind: "status", status: 500 }, 250],
		["a reset", { kind: "reset", afterBytes: 400_000 }, 250],
		["429 with seconds", { kind: "status", status: 429, headers: { "retry-after": "7" } }, 7000],
		["429 with too many", { kind: "status", status: 429, headers: { "retry-after": "3600" } }, 60_000],
		[
			"429 with a date",
			{ kind: "status", status: 429, headers: { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" } },
			60_000,
		],
		[
			"503 with a date that has passed",
			{ kind: "status", status: 503, headers: { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" } },
			250,
		],
		["503 with none to wait", { kind: "status", status: 503, headers: { "retry-after": "0" } }, 250],
		["429 with nonsense", { kind: "status", status: 429, headers: { "retry-after": "soon" } }, 250],
	])("follows %s", async (_, fault, waitMs) => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([1, fault]) });
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(here.waits).toEqual([waitMs]);
		expect(server.requests).toHaveLength(2);
	});

	test("follows a 503 for the manifest, and a manifest that was cut", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [
				{ path: "SHA256SUMS", times: 1, fault: unavailable },
				{ path: "SHA256SUMS", times: 1, fault: { kind: "cut", afterBytes: 40 } },
			],
		});
		await here.download({ releasesEndpoint: server.url });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual(["SHA256SUMS", "SHA256SUMS", "SHA256SUMS bytes=40-", ARTIFACT]);
	});

	test("is made five times after the first, each after a longer wait", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([always, unavailable]) });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
			"download_failed",
		);
		const url = `${server.url}/rivet/2.3.19/engine/${ARTIFACT}`;
		const reason = "unexpected status 503 Service Unavailable";
		expect(message).toBe(`Engine binary download failed for '${url}': ${reason}`);
		expect(metadata).toMatchObject({ url, reason, attempts: 6, receivedBytes: 0 });
		expect(metadata["hint"]).toContain("releasesEndpoint");
		expect(here.waits).toEqual([250, 500, 1000, 2000, 4000]);
		expect(server.requests).toHaveLength(6);
	});

	test("that is the last leads to an error with the bytes so far, which the next call continues", async () => {
		await using here = await downloads();
		const faults = faulty([1, { kind: "cut", afterBytes: 1000 }], [5, { kind: "cut", afterBytes: 0 }]);
		await using server = await serveEngine({ faults });
		const request = { releasesEndpoint: server.url, sha256: SHA256 };
		const { metadata } = await expectEngineError(here.download(request), "download_failed");
		expect(metadata).toMatchObject({ attempts: 6, receivedBytes: 1000 });
		expect(metadata["reason"]).not.toBe("");
		await here.download(request);
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.bytesSent).toBe(SIZE);
	});

	test("is counted from 1 again after 1 MiB in one attempt", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: faulty([5, unavailable], [1, { kind: "cut", afterBytes: MIB }], [5, unavailable]),
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.requests).toHaveLength(12);
		// The waits also begin again.
		expect(here.waits.slice(5)).toEqual([250, 250, 500, 1000, 2000, 4000]);
	});

	test("is counted from 1 again after 1 MiB in several attempts", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: faulty([always, { kind: "cut", afterBytes: 230_000 }]),
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.requests).toHaveLength(7);
		expect(server.bytesSent).toBe(SIZE);
	});

	test("is logged", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([1, unavailable]) });
		const logger = recordingLogger();
		await here.download({ releasesEndpoint: server.url, sha256: SHA256, logger });
		expect(logger.messages("info")).toEqual(["the download is tried again", "downloaded engine binary"]);
		expect(logger.entries[0]?.fields).toMatchObject({ attempt: 1, wait_ms: 250 });
	});
});

describe("B20 B23 the next server is asked", () => {
	test.each<[string, Fault]>([
		["401", { kind: "status", status: 401 }],
		["403", { kind: "status", status: 403 }],
		["404", { kind: "status", status: 404 }],
		["410", { kind: "status", status: 410 }],
		["a web page", { kind: "html" }],
		["a web page with a 404", { kind: "html", status: 404 }],
		["an encoding that was not asked for", { kind: "gzip" }],
		["a redirect that leads nowhere", { kind: "redirect", to: "http://[" }],
		["a redirect without a target", { kind: "status", status: 302 }],
	])("at once after %s", async (_, fault) => {
		await using here = await downloads();
		await using bad = await serveEngine({ faults: faulty([always, fault]) });
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(bad)).toEqual(["SHA256SUMS", ARTIFACT]);
		expect(askedOf(good)).toEqual([ARTIFACT]);
		expect(here.waits).toEqual([]);
	});

	test("after a server that announces more than 1 GiB, none of which is read", async () => {
		await using here = await downloads();
		await using endless = await serveRequests((_, response) => {
			response.writeHead(200, { "content-length": 2 ** 30 + 1 });
			response.write(CONTENT);
		});
		await using good = await serveEngine();
		const request = { sha256: SHA256, destination: here.storageRoot };
		const error = await expectEngineError(
			here.download({ ...request, releasesEndpoint: endless.url }),
			"too_large",
		);
		expect(error.message).toContain(`${endless.url}/rivet/`);
		expect(await readdir(here.storageRoot)).toEqual([]);
		await here.download({ ...request, releasesEndpoint: [endless.url, good.url] });
		expect(askedOf(endless)).toEqual([ARTIFACT, ARTIFACT]);
		expect(askedOf(good)).toEqual([ARTIFACT]);
	});

	test("after an answer that cannot be read, for a reason without a known code", async () => {
		await using here = await downloads();
		await using bad = await serveRequests((_, response) => {
			response.setHeader("x-long", "a".repeat(40_000)).end();
		});
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url], sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		const error = await expectEngineError(
			here.download({ releasesEndpoint: bad.url, sha256: SHA256, destination: here.storageRoot }),
			"download_failed",
		);
		expect(error.message).toMatch(/[Hh]eaders/);
		expect(bad.requests, "asked once each time").toHaveLength(2);
		expect(error.metadata.hint).toEqual(expect.any(String));
	});

	test("for the missing part only", async () => {
		await using here = await downloads();
		await using bad = await serveEngine({
			faults: faulty([1, { kind: "cut", afterBytes: 900_000 }], [always, { kind: "status", status: 403 }]),
		});
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url], sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(good)).toEqual([`${ARTIFACT} bytes=900000-`]);
	});

	test("and named in the error, if all fail", async () => {
		await using here = await downloads();
		await using first = await serveEngine({ faults: faulty([always, { kind: "status", status: 403 }]) });
		await using second = await serveEngine({ faults: faulty([always, { kind: "status", status: 410 }]) });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: [first.url, second.url], sha256: SHA256 }),
			"download_failed",
		);
		expect(message).toContain("unexpected status 410 Gone, nor from 1 before it");
		expect(metadata["places"]).toMatchObject([
			{ url: expect.stringContaining(first.url), status: 403, attempts: 1 },
			{ url: expect.stringContaining(second.url), status: 410, attempts: 1 },
		]);
	});
});

describe("B20 B21 a faulty answer", () => {
	test.each<[string, Fault]>([
		["has no length", { kind: "no-length" }],
		["has no validator", { kind: "no-validator" }],
	])("that %s does no harm", async (_, fault) => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([always, fault]) });
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test("without a length is continued after a cut", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: faulty([1, [{ kind: "no-length" }, { kind: "cut", afterBytes: 300_000 }]]),
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(server.bytesSent).toBe(SIZE);
	});

	test.each<[string, Fault]>([
		["a bit was flipped", { kind: "flip-bit", offset: 1_234_567 }],
		["the end was lost", { kind: "wrong-length", delta: -10 }],
	])("is fetched once more from its start if %s on the way", async (_, fault) => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([1, fault]) });
		const logger = recordingLogger();
		await here.download({ releasesEndpoint: server.url, sha256: SHA256, logger });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, ARTIFACT]);
		expect(logger.messages("warn")).toEqual(["the downloaded file has a wrong digest"]);
	});

	test("is fetched once more if its resumed part was wrong", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: faulty([
				1,
				[
					{ kind: "flip-bit", offset: 5 },
					{ kind: "cut", afterBytes: 500_000 },
				],
			]),
		});
		await here.download({ releasesEndpoint: server.url, sha256: SHA256 });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT} bytes=500000-`, ARTIFACT]);
	});

	test("is refused at the second time, and no part of it stays", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([always, { kind: "flip-bit", offset: 7 }]) });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url }),
			"checksum_mismatch",
		);
		const flipped = Buffer.from(CONTENT);
		flipped[7] = (flipped[7] ?? 0) ^ 1;
		expect(message).toBe(
			`Engine binary checksum mismatch for '${ARTIFACT}': expected ${SHA256}, received ${sha256Of(flipped)}.`,
		);
		expect(metadata).toMatchObject({
			url: `${server.url}/rivet/2.3.19/engine/${ARTIFACT}`,
			hint: expect.stringContaining("releasesEndpoint"),
		});
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT, ARTIFACT]);
		expect(await here.files()).toEqual([]);
	});

	test("is refused at the second time, and the next server is asked for all of the file", async () => {
		await using here = await downloads();
		await using bad = await serveEngine({ faults: faulty([always, { kind: "flip-bit", offset: 7 }]) });
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(bad)).toEqual(["SHA256SUMS", ARTIFACT, ARTIFACT]);
		expect(askedOf(good)).toEqual([ARTIFACT]);
	});

	test("is reported even if another server lacks the file", async () => {
		await using here = await downloads();
		await using bad = await serveEngine({ faults: faulty([always, { kind: "flip-bit", offset: 7 }]) });
		await using absent = await serveEngine({ faults: faulty([always, { kind: "status", status: 404 }]) });
		await expectEngineError(here.download({ releasesEndpoint: [bad.url, absent.url] }), "checksum_mismatch");
	});

	test.each<[string, Fault, RegExp, RegExp]>([
		["an encoding", { kind: "gzip" }, /content-encoding 'gzip'/, /another server/],
		["a captive portal's page", { kind: "html" }, /HTML page.*captive portal/, /captive portal.*browser/],
	])("is named in the error: %s", async (_, fault, reason, hint) => {
		await using here = await downloads();
		await using server = await serveEngine({ faults: faulty([always, fault]) });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url }),
			"download_failed",
		);
		expect(message).toMatch(reason);
		expect(metadata["hint"]).toMatch(hint);
		expect(await here.files()).toEqual([]);
	});
});
