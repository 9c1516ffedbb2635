// Seen to fail with a record removed by its port alone.
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { keepStorage, removeReservation, removeReservationNow } from "./remove-reservation.ts";
import { type Reservation, readReservation } from "./reservation.ts";
import { reserve } from "./reserve.ts";

describe("B41 removing a reservation", () => {
	it.each<[string, (reservation: Reservation) => void | Promise<void>]>([
		["removed", removeReservation],
		["removed at once", removeReservationNow],
		["kept", keepStorage],
	])("leaves the record of the engine that has the port by now: %s", async (_title, remove) => {
		await using folder = await temporaryFolder();
		const ours = await reserve(folder.path);
		await mkdir(ours.storagePath);
		await rm(ours.recordPath);
		const theirs = await reserve(folder.path, { candidates: [ours.port] });
		await remove(ours);
		expect(await readReservation(folder.path, ours.port)).toEqual(theirs);
		await remove(theirs);
		expect(existsSync(theirs.recordPath)).toBe(false);
	});
});
