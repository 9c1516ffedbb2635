// Seen to fail with a record removed by its port alone.
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { keepStorage, removePlace, removePlaceNow } from "./remove-reservation.ts";
import { type Reservation, readPlace } from "./reservation.ts";
import { reservePlace } from "./reserve.ts";

describe("B41 removing a place", () => {
	it.each<[string, (place: Reservation) => void | Promise<void>]>([
		["removed", removePlace],
		["removed at once", removePlaceNow],
		["kept", keepStorage],
	])("leaves the record of the engine that has the port by now: %s", async (_title, remove) => {
		await using folder = await temporaryFolder();
		const ours = await reservePlace(folder.path, null);
		await mkdir(ours.storagePath);
		await rm(ours.recordPath);
		const theirs = await reservePlace(folder.path, null, { candidates: [ours.port] });
		await remove(ours);
		expect(await readPlace(folder.path, ours.port)).toEqual(theirs);
		await remove(theirs);
		expect(existsSync(theirs.recordPath)).toBe(false);
	});
});
