import { describe, expect, test } from "vitest";
import { journalLine, judgeJournal, parseJournal } from "./journal.ts";

describe("B25 the journal of a race", () => {
	test.each<[string, string, number]>([
		["nobody", "", 0],
		["one after another", "10 1 enter, 20 1 leave, 30 2 enter, 40 2 leave", 0],
		["one that dies, and the next", "10 1 enter, 20 1 die, 30 2 enter, 40 2 leave", 0],
		["lines out of order", "30 2 enter, 10 1 enter, 40 2 leave, 20 1 leave", 0],
		["one that is inside to the end", "10 1 enter, 20 1 leave, 30 2 enter", 0],
		["another one leaving", "10 1 enter, 20 2 leave, 30 3 enter", 1],
		["another one dying", "10 1 enter, 20 2 die, 30 3 enter", 1],
		["two inside", "10 1 enter, 20 2 enter, 30 1 leave, 40 2 leave", 1],
		["one within another", "10 1 enter, 20 2 enter, 30 2 leave, 40 1 leave", 1],
		["two inside, by lines that seem in order", "10 1 enter, 30 1 leave, 20 2 enter, 40 2 leave", 1],
		["three inside", "10 1 enter, 20 2 enter, 30 3 enter", 3],
		["two inside twice", "10 1 enter, 20 2 enter, 30 2 leave, 40 2 enter", 2],
	])("%s", (_, lines, doubles) => {
		const verdict = judgeJournal(parseJournal(lines.replaceAll(", ", "\n")));
		expect(verdict.doubleHolders).toHaveLength(doubles);
	});

	test("counts deaths of lock holders, but of no other process", () => {
		const lines = "10 1 enter\n20 1 leave\n30 2 enter\n40 2 die\n50 1 die\n60 3 unavailable\n";
		const verdict = { acquisitions: 2, deaths: 1, unavailable: 1, doubleHolders: [] };
		expect(judgeJournal(parseJournal(lines))).toEqual(verdict);
	});

	test("reports which processes were inside at the same time", () => {
		const { doubleHolders } = judgeJournal(parseJournal("10 1 enter\n20 2 enter\n"));
		expect(doubleHolders).toEqual(["2 entered at 20, while 1 was inside since 10"]);
	});

	test("reads its own lines, even from a machine that runs for a century", () => {
		const event = { at: 3_155_760_000_000_000_001n, pid: 4_194_304, kind: "die" } as const;
		expect(parseJournal(journalLine(event))).toEqual([event]);
	});

	test("throws on a line that it cannot read", () => {
		expect(() => parseJournal("10 1 enter\n20 1 lea")).toThrow("20 1 lea");
	});
});
