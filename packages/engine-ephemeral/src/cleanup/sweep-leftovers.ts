import { type Logger, removeOldDrafts, silentLogger } from "@rivetkit/engine-core";
import { judgeProcess } from "@rivetkit/engine-core/process";
import { listOrphanedStorages, listPlaces, type Reservation, readPlace } from "../reservation/reservation.ts";
import { lockName, underPlaceLock } from "../reservation/reservation-lock.ts";
import { livingUsers } from "../sharing/users.ts";
import { removeLeftover, removeOrphan } from "./end-leftover.ts";

/** How to remove what processes that were killed have left. */
export interface SweepOptions {
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
	/**
	 * How long somebody else who is at it is waited for, in milliseconds. @defaultValue not at all: whoever is at it
	 * does it all
	 */
	readonly waitMs?: number | undefined;
}

/**
 * Ends the throw-away engines whose processes are all proven dead, and removes their files. Never rejects: no start
 * fails for what an earlier one has left.
 */
export async function sweepLeftovers(folder: string, options: SweepOptions = {}): Promise<void> {
	const places = await listPlaces(folder);
	const judged = await Promise.all(places.map(async (place) => ((await isLeftover(place)) ? [place] : [])));
	const byLock = new Map<string, Reservation[]>();
	for (const place of judged.flat()) {
		const name = lockName(place.record.sharedAs);
		byLock.set(name, [...(byLock.get(name) ?? []), place]);
	}
	await Promise.all([...byLock.values()].map((group) => removeUnderLock(folder, group, options)));
	const orphans = await listOrphanedStorages(folder);
	await Promise.all(orphans.map((orphan) => removeOrphan(orphan, options.logger ?? silentLogger)));
	await removeOldDrafts(folder, /^[0-9a-f-]{36}\.tmp$/);
}

async function isLeftover(place: Reservation): Promise<boolean> {
	const { host, sharedAs } = place.record;
	if (sharedAs !== null) return (await livingUsers(place)).length === 0;
	return (await judgeProcess(host)) === "dead";
}

/** Two that remove the same record could, between them, remove the next one of that port as well. */
async function removeUnderLock(
	folder: string,
	places: readonly Reservation[],
	options: SweepOptions,
): Promise<void> {
	const { logger = silentLogger, waitMs } = options;
	const [sharedAs = null] = places.map(({ record }) => record.sharedAs);
	const busy = new AbortController();
	const remove = async ({ port, record }: Reservation): Promise<void> => {
		const now = await readPlace(folder, port);
		if (now?.record.nonce === record.nonce && (await isLeftover(now))) await removeLeftover(now, logger);
	};
	try {
		await underPlaceLock(
			folder,
			sharedAs,
			async (lock) => {
				if (lock.kind === "held") await Promise.all(places.map(remove));
			},
			{
				purpose: "removing a throw-away engine that nobody uses",
				timeoutMs: waitMs,
				logger,
				signal: busy.signal,
				onWait: () => (waitMs === undefined ? busy.abort() : undefined),
			},
		);
	} catch (error) {
		if (error !== busy.signal.reason)
			logger.warn({ path: folder, error }, "no lock to remove an engine under");
	}
}
