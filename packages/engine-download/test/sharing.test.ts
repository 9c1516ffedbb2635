import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test, vi } from "vitest";
import type { DownloadProgress } from "../src/progress/progress-meter.ts";
import {
	ARTIFACT,
	askedOf,
	CONTENT,
	type Downloads,
	downloads,
	serveEngine,
	sha256Of,
} from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);

/** Gives the size of the largest partial. */
async function partialBytes({ partialFolder }: Downloads): Promise<number> {
	const names = (await readdir(partialFolder).catch(() => [])).filter((name) => name.endsWith(".part"));
	const sizes = await Promise.all(names.map((name) => stat(path.join(partialFolder, name))));
	return Math.max(0, ...sizes.map(({ size }) => size));
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
	let open = (): void => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

describe("B23 progress", () => {
	test("has the phases in order, and the size of the file and of what has come", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const told: DownloadProgress[] = [];
		await here.download({ releasesEndpoint: server.url, onProgress: (progress) => void told.push(progress) });
		const phases = told.map(({ phase }) => phase);
		expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
			"manifest",
			"downloading",
			"verifying",
			"installing",
		]);
		expect(told.at(-1)).toMatchObject({
			receivedBytes: CONTENT.length,
			totalBytes: CONTENT.length,
			attempt: 1,
			resumedFromBytes: 0,
		});
	});

	test("never falls within an attempt, and has the offset at which the attempt began", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [
				{ path: ARTIFACT, times: 3, fault: { kind: "cut", afterBytes: 400_000 } },
				{ path: ARTIFACT, fault: { kind: "throttle", bytesPerSecond: 1_000_000 } },
			],
		});
		const told: DownloadProgress[] = [];
		await here.download({
			releasesEndpoint: server.url,
			sha256: SHA256,
			onProgress: (progress) => void told.push(progress),
		});
		const last = told.filter(({ attempt }) => attempt === 4);
		expect(last.length).toBeGreaterThan(1);
		for (const { resumedFromBytes, totalBytes } of last) {
			expect(resumedFromBytes).toBe(1_200_000);
			expect([undefined, CONTENT.length]).toContain(totalBytes);
		}
		const received = last.map(({ receivedBytes }) => receivedBytes);
		expect(received).toEqual([...received].sort((one, other) => one - other));
		expect(received.at(-1)).toBe(CONTENT.length);
	});

	test("never falls within an attempt if the server starts the file over, which counts as another attempt", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [
				{ path: ARTIFACT, times: 1, fault: { kind: "cut", afterBytes: 400_000 } },
				{
					path: ARTIFACT,
					fault: [{ kind: "ignore-range" }, { kind: "throttle", bytesPerSecond: 4_000_000 }],
				},
			],
		});
		const told: DownloadProgress[] = [];
		await here.download({
			releasesEndpoint: server.url,
			sha256: SHA256,
			onProgress: (progress) => void told.push(progress),
		});
		const attempts = [...new Set(told.map(({ attempt }) => attempt))];
		expect(attempts.at(-1)).toBe(3);
		for (const attempt of attempts) {
			const received = told
				.filter((one) => one.attempt === attempt)
				.map(({ receivedBytes }) => receivedBytes);
			expect(received).toEqual([...received].sort((one, other) => one - other));
		}
	});

	test("is also reported while a transfer stalls", async () => {
		await using here = await downloads();
		const { opened, open } = gate();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "hold", afterBytes: 700_000, until: opened } }],
		});
		const rates: number[] = [];
		const download = here.download({
			releasesEndpoint: server.url,
			sha256: SHA256,
			onProgress: ({ receivedBytes, bytesPerSecond }) => {
				if (receivedBytes === 700_000) rates.push(bytesPerSecond);
			},
		});
		await expect.poll(() => rates.length, { timeout: 20_000 }).toBeGreaterThan(1);
		open();
		await download;
		expect(rates[1]).toBeLessThan(rates[0] ?? 0);
	});

	test("is not reported for a cached file", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await here.download({ releasesEndpoint: server.url });
		const onProgress = vi.fn();
		await here.download({ releasesEndpoint: server.url, onProgress });
		expect(onProgress).not.toHaveBeenCalled();
	});

	test("goes on when a listener throws, for the other listeners too", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const onProgress = vi.fn();
		const failing = vi.fn(() => {
			throw new Error("a progress bar");
		});
		await Promise.all([
			here.download({ releasesEndpoint: server.url, onProgress: failing }),
			here.download({ releasesEndpoint: server.url, onProgress }),
		]);
		expect(failing).toHaveBeenCalled();
		expect(onProgress.mock.calls.at(-1)).toMatchObject([{ phase: "installing" }]);
	});
});

describe("B23 calls for the same file in one process", () => {
	test("share one download", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const request = { releasesEndpoint: server.url };
		const results = await Promise.all(Array.from({ length: 8 }, () => here.download(request)));
		for (const result of results) expect(result).toEqual(results[0]);
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT]);
	});

	test("share one file if some of them give its digest", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const results = await Promise.all([
			here.download({ releasesEndpoint: server.url }),
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
		]);
		expect(results.map(({ source }) => source).sort()).toEqual(["cache", "download"]);
		expect(askedOf(server).filter((name) => name === ARTIFACT)).toHaveLength(1);
	});

	test("share its failure, and the next call starts again", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: "SHA256SUMS", times: 1, fault: { kind: "status", status: 403 } }],
		});
		const request = { releasesEndpoint: server.url };
		const failing = [here.download(request), here.download(request)];
		await Promise.all(failing.map((one) => expectEngineError(one, "download_failed")));
		expect((await here.download(request)).source).toBe("download");
	});

	test("do not share a download if their servers, variables or permissions differ", async () => {
		await using here = await downloads();
		await using bad = await serveEngine({
			faults: [{ path: "SHA256SUMS", fault: { kind: "status", status: 403 } }],
		});
		await using good = await serveEngine();
		const [failed, refused, ...rest] = await Promise.allSettled([
			here.download({ releasesEndpoint: bad.url }),
			here.download({
				releasesEndpoint: good.url,
				unsafelyAllowHttp: true,
				environment: { HTTP_PROXY: "socks5://127.0.0.1" },
			}),
			here.download({ releasesEndpoint: good.url }),
			here.download({ releasesEndpoint: good.url, unsafelyAllowHttp: true }),
		]);
		expect([failed.status, refused.status]).toEqual(["rejected", "rejected"]);
		expect(rest.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
		expect(askedOf(good)).toEqual(["SHA256SUMS", "SHA256SUMS", ARTIFACT]);
	});

	test("report to a listener that two of them share, even after one of them is aborted", async () => {
		await using here = await downloads();
		const { opened, open } = gate();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "hold", afterBytes: 700_000, until: opened } }],
		});
		const onProgress = vi.fn();
		const controller = new AbortController();
		const request = { releasesEndpoint: server.url, sha256: SHA256, onProgress };
		const aborted = here.download({ ...request, signal: controller.signal }).catch(() => {});
		const other = here.download(request);
		await expect.poll(() => partialBytes(here)).toBe(700_000);
		controller.abort();
		await aborted;
		open();
		await other;
		expect(onProgress.mock.calls.at(-1)).toMatchObject([{ phase: "installing" }]);
	});

	test("go on when one of them is aborted", async () => {
		await using here = await downloads();
		const { opened, open } = gate();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "hold", afterBytes: 700_000, until: opened } }],
		});
		const reason = new Error("enough");
		const controller = new AbortController();
		const request = { releasesEndpoint: server.url };
		const aborted = here.download({ ...request, signal: controller.signal }).catch((error: unknown) => error);
		const other = here.download(request);
		await expect.poll(() => partialBytes(here)).toBe(700_000);
		controller.abort(reason);
		expect(await aborted).toBe(reason);
		open();
		expect((await other).source).toBe("download");
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT]);
	});

	test("end when all of them are aborted, each with its own reason, and the next call continues the file", async () => {
		await using here = await downloads();
		const { opened, open } = gate();
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, times: 1, fault: { kind: "hold", afterBytes: 700_000, until: opened } }],
		});
		const request = { releasesEndpoint: server.url, sha256: SHA256 };
		const controllers = [new AbortController(), new AbortController()];
		const outcomes = controllers.map(({ signal }) =>
			here.download({ ...request, signal }).catch((error: unknown) => error),
		);
		await expect.poll(() => partialBytes(here)).toBe(700_000);
		const reasons = [new Error("the first"), "the second"];
		for (const [index, controller] of controllers.entries()) controller.abort(reasons[index]);
		expect(await Promise.all(outcomes)).toEqual(reasons);
		// The next call comes at once, while the aborted download is still releasing its partial.
		expect((await here.download(request)).source).toBe("download");
		open();
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT} bytes=700000-`]);
		expect(server.bytesSent).toBe(CONTENT.length);
	});

	test("make no request if they are aborted before they begin", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const reason = new Error("enough");
		const signal = AbortSignal.abort(reason);
		await expect(here.download({ releasesEndpoint: server.url, signal })).rejects.toBe(reason);
		expect(server.requests).toEqual([]);
	});

	test.each<[string, "manifest" | "headers"]>([
		["the manifest", "manifest"],
		["the headers of the file", "headers"],
	])("end at once if they are aborted while they wait for %s", async (_, what) => {
		await using here = await downloads();
		await using server = await serveEngine({
			faults: [{ path: what === "manifest" ? "SHA256SUMS" : ARTIFACT, fault: { kind: "stall-headers" } }],
		});
		const reason = new Error("enough");
		const controller = new AbortController();
		const outcome = here
			.download({ releasesEndpoint: server.url, signal: controller.signal })
			.catch((error: unknown) => error);
		await expect.poll(() => server.requests.length).toBe(what === "manifest" ? 1 : 2);
		controller.abort(reason);
		expect(await outcome).toBe(reason);
		// The aborted download has ended as well: no file of it stays.
		await expect.poll(() => here.files()).toEqual([]);
	});
});
