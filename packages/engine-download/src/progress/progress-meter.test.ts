import { describe, expect, test } from "vitest";
import { type DownloadProgress, type ProgressMeter, progressMeter } from "./progress-meter.ts";

interface Recording {
	readonly meter: ProgressMeter;
	readonly told: readonly DownloadProgress[];
	/** Moves the clock forward. */
	pass(ms: number): void;
}

function recording(): Recording {
	const told: DownloadProgress[] = [];
	let nowMs = 1_000_000;
	const meter = progressMeter(
		(progress) => told.push(progress),
		() => nowMs,
	);
	return { meter, told, pass: (ms) => (nowMs += ms) };
}

describe("B23 progress", () => {
	test("has all fields", () => {
		const { meter, told, pass } = recording();
		meter.phase("downloading");
		meter.beginAttempt(3, 500);
		pass(1000);
		meter.received(1500, 4000);
		expect(told.at(-1)).toEqual({
			phase: "downloading",
			receivedBytes: 1500,
			totalBytes: 4000,
			bytesPerSecond: 1000,
			attempt: 3,
			resumedFromBytes: 500,
		});
	});

	test("is reported at most ten times a second", () => {
		const { meter, told, pass } = recording();
		meter.phase("downloading");
		for (let bytes = 1; bytes <= 3000; bytes++) {
			pass(1);
			meter.received(bytes, 1_000_000);
			if (bytes % 500 === 0) meter.beginAttempt(bytes, bytes);
		}
		expect(told).toHaveLength(1 + 30);
	});

	test("is reported at once at a new phase, with bytes that were not reported before", () => {
		const { meter, told } = recording();
		meter.phase("downloading");
		meter.received(70, 100);
		meter.phase("verifying");
		meter.phase("installing");
		expect(told.map(({ phase, receivedBytes }) => [phase, receivedBytes])).toEqual([
			["downloading", 0],
			["verifying", 70],
			["installing", 70],
		]);
	});

	test("is not reported when the same phase is entered again", () => {
		const { meter, told, pass } = recording();
		meter.phase("downloading");
		pass(1000);
		meter.phase("downloading");
		expect(told).toHaveLength(1);
	});

	test("is reported at once at the last byte, and only once", () => {
		const { meter, told } = recording();
		meter.phase("downloading");
		meter.received(99, 100);
		meter.received(100, 100);
		meter.received(100, 100);
		expect(told.map(({ receivedBytes }) => receivedBytes)).toEqual([0, 100]);
	});

	test("is reported each second while a transfer stalls, with a rate that falls to 0", () => {
		const { meter, told, pass } = recording();
		meter.tick();
		meter.phase("downloading");
		for (const bytes of [10_000, 20_000, 50_000]) {
			pass(33);
			meter.received(bytes);
		}
		pass(850);
		meter.tick();
		expect(told).toHaveLength(1);
		for (let second = 1; second <= 6; second++) {
			pass(1000);
			meter.tick();
			meter.tick();
		}
		expect(told.map(({ receivedBytes }) => receivedBytes)).toEqual([0, ...Array(6).fill(50_000)]);
		const rates = told.slice(1).map(({ bytesPerSecond }) => bytesPerSecond);
		expect(rates).toEqual(rates.toSorted((one, other) => other - one));
		expect(rates.at(0)).toBeGreaterThan(0);
		expect(rates.at(-1)).toBe(0);
	});

	test("never falls within an attempt, and starts over with the next attempt", () => {
		const { meter, told, pass } = recording();
		const receivedAfter = (bytes: number): number | undefined => {
			pass(100);
			meter.received(bytes, 1000);
			return told.at(-1)?.receivedBytes;
		};
		meter.phase("downloading");
		meter.beginAttempt(1, 200);
		expect([300, 100, 250, 400].map(receivedAfter)).toEqual([300, 300, 300, 400]);
		meter.beginAttempt(2, 0);
		expect([10, 5, 20].map(receivedAfter)).toEqual([10, 10, 20]);
		expect(told.at(-1)).toMatchObject({ attempt: 2, resumedFromBytes: 0, totalBytes: 1000 });
	});

	test("starts at 0 for the file, after the bytes of its manifest", () => {
		const { meter, told } = recording();
		meter.phase("manifest");
		meter.beginAttempt(1, 0);
		meter.received(300, 300);
		meter.phase("downloading");
		expect(told.at(-1)).toMatchObject({ phase: "downloading", receivedBytes: 0, totalBytes: undefined });
	});

	test("starts at 0 with a known length for a file that is fetched again", () => {
		const { meter, told } = recording();
		meter.phase("downloading");
		meter.received(100, 100);
		meter.phase("verifying");
		meter.phase("downloading");
		expect(told.at(-1)).toMatchObject({ phase: "downloading", receivedBytes: 0, totalBytes: 100 });
	});

	test("shows the bytes of another process while that downloads, and continues from them", () => {
		const { meter, told, pass } = recording();
		meter.phase("manifest");
		meter.received(300, 300);
		meter.waiting(5000);
		for (const bytes of [6000, 7000]) {
			pass(1000);
			meter.waiting(bytes);
		}
		meter.phase("downloading");
		meter.beginAttempt(1, 7000);
		const seen = told
			.slice(2)
			.map(({ phase, receivedBytes, totalBytes, bytesPerSecond }) => [
				phase,
				receivedBytes,
				totalBytes,
				bytesPerSecond,
			]);
		expect(seen).toEqual([
			["waiting", 5000, undefined, 0],
			["waiting", 6000, undefined, 1000],
			["waiting", 7000, undefined, 1000],
			["downloading", 7000, undefined, 0],
		]);
	});

	test("goes on when its listener throws", () => {
		let calls = 0;
		const meter = progressMeter(() => {
			calls += 1;
			throw new Error("no terminal");
		});
		meter.phase("downloading");
		meter.received(1, 1);
		meter.phase("verifying");
		expect(calls).toBe(3);
	});

	test("needs no listener", () => {
		const meter = progressMeter(undefined);
		meter.phase("downloading");
		meter.received(1, 2);
		meter.tick();
	});

	test("does not change after it was reported", () => {
		const { meter, told, pass } = recording();
		meter.phase("downloading");
		pass(100);
		meter.received(1);
		expect(told[0]).toMatchObject({ receivedBytes: 0 });
	});
});

describe("B23 bytes per second", () => {
	/** Adds bytes in steps of 100 ms, and gives the rate that was reported last. */
	function run(
		{ meter, told, pass }: Recording,
		from: number,
		steps: number,
		bytes: number,
	): number | undefined {
		for (let step = 1; step <= steps; step++) {
			pass(100);
			meter.received(from + step * bytes);
		}
		return told.at(-1)?.bytesPerSecond;
	}

	test("are counted over the last five seconds", () => {
		const one = recording();
		one.meter.phase("downloading");
		expect(run(one, 0, 100, 100)).toBe(1000);
		expect(run(one, 10_000, 25, 500)).toBe(3000);
		expect(run(one, 22_500, 25, 500)).toBe(5000);
		expect(run(one, 35_000, 50, 0)).toBe(0);
	});

	test("do not include resumed bytes", () => {
		const one = recording();
		one.meter.phase("downloading");
		one.meter.beginAttempt(2, 50_000_000);
		expect(run(one, 50_000_000, 20, 100)).toBe(1000);
	});

	test("are right again after a stall", () => {
		const one = recording();
		one.meter.phase("downloading");
		run(one, 0, 10, 100);
		one.pass(60_000);
		expect(run(one, 1000, 1, 5000)).toBe(1000);
	});

	test("include bytes that come again from 0 on", () => {
		const one = recording();
		one.meter.phase("downloading");
		one.meter.beginAttempt(2, 1000);
		expect(run(one, 0, 10, 50)).toBe(500);
	});

	test("stay right for samples that are closer than 100 ms", () => {
		const one = recording();
		one.meter.phase("downloading");
		for (let step = 0; step < 10_000; step++) {
			one.pass(1);
			one.meter.received(step * 10);
		}
		expect(one.told.at(-1)?.bytesPerSecond).toBeGreaterThan(9800);
		expect(one.told.at(-1)?.bytesPerSecond).toBeLessThan(10_200);
	});
});
