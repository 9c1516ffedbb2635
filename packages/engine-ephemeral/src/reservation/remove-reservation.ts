import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { keptMark, parseRecord, type Reservation } from "./reservation.ts";

/** Pauses between attempts to remove a folder, in milliseconds. A process that was killed may still make a file in it. */
const PAUSES_MS: readonly number[] = [10, 20, 50, 100, 200, 500, 1000];

/**
 * Removes the storage of an engine that has ended, and gives its ports back. What links lead to stays.
 *
 * @throws The system's own error; the record then stays, so that the next run tries again.
 */
export async function removePlace(place: Reservation): Promise<void> {
	const { storagePath } = place;
	for (const pauseMs of PAUSES_MS) {
		const error = await rm(storagePath, { recursive: true, force: true }).catch((error: unknown) => error);
		if (error === undefined) break;
		await sleep(pauseMs);
	}
	await rm(storagePath, { recursive: true, force: true });
	releasePorts(place);
}

/** {@link removePlace} for a process that is about to end: all of it at once. */
export function removePlaceNow(place: Reservation): void {
	const { storagePath } = place;
	const clock = new Int32Array(new SharedArrayBuffer(4));
	for (const pauseMs of PAUSES_MS) {
		try {
			rmSync(storagePath, { recursive: true, force: true });
			break;
		} catch {
			Atomics.wait(clock, 0, 0, pauseMs);
		}
	}
	rmSync(storagePath, { recursive: true, force: true });
	releasePorts(place);
}

/** Gives the ports back and leaves the storage where it is: nobody will remove it any more. */
export function keepStorage(place: Reservation): void {
	rmSync(place.usersFolder, { recursive: true, force: true });
	if (existsSync(place.storagePath)) writeFileSync(keptMark(place.storagePath), "");
	releasePorts(place);
}

/** Removes the record of a place, at once. One that others have made for the same port since then stays. */
export function releasePorts({ recordPath, record }: Reservation): void {
	if (recordedNonce(recordPath) === record.nonce) rmSync(recordPath, { force: true });
}

function recordedNonce(recordPath: string): string | undefined {
	try {
		return parseRecord(JSON.parse(readFileSync(recordPath, "utf8")))?.nonce;
	} catch {
		return undefined;
	}
}
