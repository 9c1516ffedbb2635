// Seen to fail with the bare Node left out of the comparison, and with the target of a row removed.
import { describe, expect, it } from "vitest";
import { engineRows } from "./engine-rows.mjs";
import { isMet } from "./table.mjs";

describe("the rows of engines", () => {
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
		imports: { "engine-manager": 60, "engine-core": 50 },
	};

	it("compare a cold start with an engine's own start and a bare node together", () => {
		const row = engineRows([round], []).find(({ name }) => name.startsWith("(d)"));
		expect(row).toMatchObject({ ours: 380, baseline: 290 });
	});

	it("have a target each, but for imports and locks that have none", () => {
		const verdicts = engineRows([round], ["engine-manager", "engine-core"]).map(isMet);
		expect(verdicts).toEqual([false, true, true, undefined, true, undefined, true]);
	});
});
