import { describe, expect, test } from "vitest";
import { keepComplete } from "./keep-complete.ts";
import type { ProcessPlace } from "./process-reader.ts";

const PLACE: ProcessPlace = { bootId: "boot", machineId: "machine", pidNamespace: "none" };

describe("B37 the place of this process", () => {
	test("is read at the first call, and only once", async () => {
		const [read, readings] = reader(PLACE, PLACE);
		expect(readings()).toBe(0);
		expect(await Promise.all([read(), read()])).toEqual([PLACE, PLACE]);
		expect(await read()).toEqual(PLACE);
		expect(readings()).toBe(1);
	});

	test.each<[string, Partial<ProcessPlace>]>([
		["boot", { bootId: null }],
		["machine", { machineId: null }],
	])("is read again if the %s is missing", async (_, lack) => {
		const [read, readings] = reader({ ...PLACE, ...lack }, PLACE, PLACE);
		expect(await Promise.all([read(), read()])).toEqual([
			{ ...PLACE, ...lack },
			{ ...PLACE, ...lack },
		]);
		expect(await read()).toEqual(PLACE);
		expect(await read()).toEqual(PLACE);
		expect(readings()).toBe(2);
	});
});

/** Makes a function that returns the given places one after the other and counts its calls. */
function reader(...places: ProcessPlace[]): [() => Promise<ProcessPlace>, () => number] {
	const left = [...places];
	const read = keepComplete(async () => {
		const place = left.shift();
		if (place === undefined) throw new Error("Nothing more to read.");
		return place;
	});
	return [read, () => places.length - left.length];
}
