import path from "node:path";
import { type Logger, removeOldDrafts, silentLogger } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import {
	listOrphanedStorages,
	listReservations,
	type Reservation,
	readReservation,
} from "../reservation/reservation.ts";
import { removeLeftover, removeOrphan } from "./end-leftover.ts";

/** Options for the removal of engines whose hosts were killed. */
export interface SweepOptions {
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
	/**
	 * How long to wait for another process that is sweeping, in milliseconds. @defaultValue no wait, because the other
	 * process removes everything
	 */
	readonly waitMs?: number | undefined;
}

/**
 * Ends the throw-away engines whose hosts are proven dead, and removes their files. Never rejects, so that no start fails
 * because of an earlier start.
 */
export async function sweepLeftovers(folder: string, options: SweepOptions = {}): Promise<void> {
	const reservations = await listReservations(folder);
	const judged = await Promise.all(
		reservations.map(async (reservation) => ((await isLeftover(reservation)) ? [reservation] : [])),
	);
	const leftovers = judged.flat();
	if (leftovers.length > 0) await removeUnderLock(folder, leftovers, options);
	const orphans = await listOrphanedStorages(folder);
	await Promise.all(orphans.map((orphan) => removeOrphan(orphan, options.logger ?? silentLogger)));
	await removeOldDrafts(folder, /^[0-9a-f-]{36}\.tmp$/);
}

async function isLeftover({ record }: Reservation): Promise<boolean> {
	return (await judgeProcess(record.host)) === "dead";
}

/**
 * Removes reservations under a lock. Without the lock, two processes could remove the same record, and the slower process
 * could remove the next record for that port.
 */
async function removeUnderLock(
	folder: string,
	leftovers: readonly Reservation[],
	options: SweepOptions,
): Promise<void> {
	const { logger = silentLogger, waitMs } = options;
	const busy = new AbortController();
	const remove = async ({ port, record }: Reservation): Promise<void> => {
		const now = await readReservation(folder, port);
		if (now?.record.nonce === record.nonce && (await isLeftover(now))) await removeLeftover(now, logger);
	};
	try {
		const { withLock } = await import("@rivetkit/engine-core/lock");
		await withLock(
			path.join(folder, "lock"),
			async (lock) => {
				if (lock.kind === "held") await Promise.all(leftovers.map(remove));
			},
			{
				purpose: "removing an abandoned throw-away engine",
				timeoutMs: waitMs,
				logger,
				signal: busy.signal,
				onWait: () => (waitMs === undefined ? busy.abort() : undefined),
			},
		);
	} catch (error) {
		if (error !== busy.signal.reason)
			logger.warn(
				{ path: folder, error },
				"the lock for the removal of throw-away engines could not be taken",
			);
	}
}
