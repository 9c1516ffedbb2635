import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { EphemeralPlace } from "./place.ts";

/** A process that is just ending may still write a file while its folder is removed. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 } as const;

/**
 * Removes the storage of an engine that has ended, and gives its ports back. What links lead to stays.
 *
 * @throws The system's own error; the record then stays, so that the next run tries again.
 */
export async function removePlace({ storagePath, recordPath }: EphemeralPlace): Promise<void> {
	await rm(storagePath, REMOVAL);
	await rm(recordPath, { force: true });
}

/** {@link removePlace} for a process that is about to end. */
export function removePlaceNow({ storagePath, recordPath }: EphemeralPlace): void {
	rmSync(storagePath, REMOVAL);
	rmSync(recordPath, { force: true });
}

/** Gives the ports back and leaves the storage where it is: nobody will remove it any more. */
export function keepStorage({ recordPath, usersFolder }: EphemeralPlace): void {
	rmSync(usersFolder, { recursive: true, force: true });
	rmSync(recordPath, { force: true });
}
