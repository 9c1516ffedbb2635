import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { pause } from "@rivetkit/engine-core";
import { keptMark, parseRecord, type Reservation } from "./reservation.ts";

/** Pauses between attempts to remove a folder, in milliseconds. A killed process may still create a file in it. */
const PAUSES_MS: readonly number[] = [10, 20, 50, 100, 200, 500, 1000];

/**
 * Removes the storage of an engine that has ended, and releases its ports. Links are removed, not their targets.
 *
 * @throws The system's own error. The record then stays, so that the next run tries again.
 */
export async function removeReservation(reservation: Reservation): Promise<void> {
	const { storagePath } = reservation;
	for (const pauseMs of PAUSES_MS) {
		const error = await rm(storagePath, { recursive: true, force: true }).catch((error: unknown) => error);
		if (error === undefined) break;
		await pause(pauseMs);
	}
	await rm(storagePath, { recursive: true, force: true });
	releasePorts(reservation);
}

/** Does the same as {@link removeReservation}, but synchronously, for a process that is about to end. */
export function removeReservationNow(reservation: Reservation): void {
	const { storagePath } = reservation;
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
	releasePorts(reservation);
}

/** Releases the ports and marks the storage, so that no later run removes it. */
export function keepStorage(reservation: Reservation): void {
	if (existsSync(reservation.storagePath)) writeFileSync(keptMark(reservation.storagePath), "");
	releasePorts(reservation);
}

/** Removes the record synchronously, unless another process has reserved the same port since then. */
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
