import { describe, expect, it } from "vitest";
import { isMet, median, rows, table } from "./table.mjs";

describe("median", () => {
	it.each([
		[[3, 1, 2], 2],
		[[10, 9, 1, 2], 5.5],
		[[7], 7],
	])("of %j is %d", (values, expected) => {
		expect(median(values)).toBe(expected);
	});
});

describe("isMet", () => {
	it.each([
		[{ ours: 125, baseline: 100, target: { kind: "ratio", most: 1.25 } }, true],
		[{ ours: 126, baseline: 100, target: { kind: "ratio", most: 1.25 } }, false],
		[{ ours: 150, baseline: 100, target: { kind: "difference", most: 50 } }, true],
		[{ ours: 151, baseline: 100, target: { kind: "difference", most: 50 } }, false],
		[{ ours: 25, target: { kind: "value", most: 25 } }, true],
		[{ ours: 26, target: { kind: "value", most: 25 } }, false],
		[{ ours: 26 }, undefined],
	] as const)("of %j is %s", (row, expected) => {
		expect(isMet({ name: "a row", ...row })).toBe(expected);
	});
});

describe("the table", () => {
	const round = {
		bareNode: 40,
		httpGet: 80,
		reuse: 120,
		engineStart: 250,
		coldStart: 380,
		afterFirstAnswer: 10,
		lock: 0.7,
		oneHost: 400,
		crowd: 790,
		throwAway: 300,
		stop: 20,
		deathOfSpawned: 10,
		deathOfReused: 60,
		imports: { "engine-manager": 60, "engine-core": 50 },
	};

	it("compares a cold start with an engine's own start and a bare node together", () => {
		const row = rows([round], []).find(({ name }) => name.startsWith("(d)"));
		expect(row).toMatchObject({ ours: 380, baseline: 290 });
	});

	it("says of each row whether its target is met, and nothing where there is none", () => {
		const lines = table([round], ["engine-manager", "engine-core"]).split("\n").slice(2);
		expect(lines.map((line) => line.split(" | ").at(-1))).toEqual([
			"not met |",
			"met |",
			"met |",
			" |",
			"met |",
			" |",
			"met |",
			"met |",
			"met |",
			"met |",
			"not met |",
		]);
	});
});
