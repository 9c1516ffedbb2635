// Seen to fail with the means or the least in place of the medians and the most, with the fsync not subtracted, with
// other targets, with a verdict on what was left out, and with that and negative differences written like other figures.
import { describe, expect, it } from "vitest";
import { downloadRows } from "./download-rows.mjs";
import { isMet, markdown } from "./table.mjs";

const MIB = 1024 * 1024;

/** A round in which nothing but what is given was slow or large. */
function round({ tookMs = 300, fsyncMs = 40, curl = 310, peakMib = 110 } = {}) {
	return {
		ours: { tookMs, fsyncMs, peakBytes: peakMib * MIB },
		curl,
		curlSynced: 350,
		pipeline: { tookMs: 400, peakBytes: 115 * MIB },
	};
}

function rowsOf({
	rounds = [round()],
	crowds = [1.001],
	large = { kind: "measured", sizeBytes: 1e9, downloads: [round().ours] } as Parameters<
		typeof downloadRows
	>[0]["large"],
} = {}) {
	const rows = downloadRows({ rounds, sizeBytes: 96_871_200, crowds, crowd: 32, large });
	return Object.fromEntries(rows.map((row) => [row.name.slice(0, 3), row]));
}

describe("the rows of downloads", () => {
	it("compare medians of times, and name the file by its size", () => {
		const rounds = [300, 900, 310].map((tookMs) => round({ tookMs }));
		expect(rowsOf({ rounds })["(p)"]).toMatchObject({
			name: "(p) 97 MB, ms: download, verify, install / curl, then sha256sum",
			ours: 310,
			baseline: 310,
		});
	});

	it("subtract the fsync of each round from that round", () => {
		const rounds = [
			round({ tookMs: 500, fsyncMs: 200 }),
			round({ tookMs: 320, fsyncMs: 10 }),
			round({ tookMs: 330, fsyncMs: 20 }),
		];
		const rows = rowsOf({ rounds });
		expect(rows["(q)"]?.ours).toBe(20);
		expect(rows["(r)"]?.ours).toBe(310);
	});

	it("take the most memory of all rounds, and name the least", () => {
		const rounds = [105, 141, 120].map((peakMib) => round({ peakMib }));
		const row = rowsOf({ rounds })["(u)"];
		expect(row).toMatchObject({ ours: 141, baseline: 115 });
		expect(row?.name).toContain("the most of 3, the least is 105.0");
	});

	it("take the most that was sent to a crowd", () => {
		expect(rowsOf({ crowds: [1, 1.2, 1.01] })["(w)"]).toMatchObject({ ours: 1.2 });
	});

	it("have the targets of time with and without fsync, of memory, and of what is sent", () => {
		const within = rowsOf({ rounds: [round({ tookMs: 310 })] });
		expect(Object.entries(within).map(([letter, row]) => [letter, isMet(row)])).toEqual([
			["(p)", true],
			["(q)", undefined],
			["(r)", true],
			["(s)", undefined],
			["(t)", undefined],
			["(u)", true],
			["(v)", true],
			["(w)", true],
		]);
		const beyond = rowsOf({ rounds: [round({ tookMs: 351, peakMib: 141 })], crowds: [1.06] });
		expect(
			["(p)", "(r)", "(u)", "(w)"].map((letter) => isMet(beyond[letter] ?? { name: "", ours: 0 })),
		).toEqual([false, false, false, false]);
	});

	it("say why the large file was left out, and give neither a figure nor a verdict", () => {
		const row = rowsOf({ large: { kind: "left-out", sizeBytes: 1e9, freeBytes: 512e6 } })["(v)"];
		const name = "(v) memory for 1000 MB: left out, as 512 MB are free on the disk";
		expect(row).toEqual({ name, ours: Number.NaN });
		expect(markdown(row === undefined ? [] : [row]).split("\n")[2]).toBe(`| ${name} | – |  |  |  |  |  |`);
	});

	it("show what was saved as a difference below zero", () => {
		const row = rowsOf({ rounds: [round({ tookMs: 340, fsyncMs: 35 })] })["(r)"];
		expect(row === undefined ? "" : markdown([row])).toContain(
			"| 305.0 | 310.0 | 0.98 | -5.000 | ratio ≤ 1 | met |",
		);
	});
});
