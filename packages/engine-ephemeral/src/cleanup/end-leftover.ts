import { rm, stat } from "node:fs/promises";
import type { Logger } from "@rivetkit/engine-core";
import { judgeProcess, type ProcessIdentity, sessionOfProcess } from "@rivetkit/engine-core/process";
import { proveUnrecorded, readRecords } from "@rivetkit/engine-instances";
import { endProcess } from "@rivetkit/engine-lifecycle";
import { removeReservation } from "../reservation/remove-reservation.ts";
import { ephemeralEndpoint, type OrphanedStorage, type Reservation } from "../reservation/reservation.ts";

/**
 * Ends an engine whose host is dead, and removes its reservation. Only a proven process gets a signal: the process that
 * was recorded at the spawn, or else the engine that has this database open and listens on this port. If another process
 * may be working there, nothing is changed. Never rejects, so that no start fails because of an earlier run.
 */
export async function removeLeftover(reservation: Reservation, logger: Logger): Promise<void> {
	const { port, storagePath } = reservation;
	const fields = { port, path: storagePath };
	try {
		const found = await findEngine(reservation);
		if (found.kind === "unproven") {
			logger.warn({ ...fields, reason: found.reason }, "an abandoned throw-away engine was left alone");
			return;
		}
		if (found.kind === "running") await end(found.identity, port);
		await removeReservation(reservation);
		logger.debug(fields, "removed an abandoned throw-away engine");
	} catch (error) {
		logger.warn({ ...fields, error }, "an abandoned throw-away engine could not be removed");
	}
}

/** Removes a storage without a record, if its engine is proven dead. Never rejects. */
export async function removeOrphan(orphan: OrphanedStorage, logger: Logger): Promise<void> {
	const { storagePath, layout } = orphan;
	try {
		const { recorded } = await readRecords(layout);
		if (recorded.kind !== "present" || (await findEngine(orphan)).kind !== "ended") return;
		await rm(storagePath, { recursive: true, force: true });
		logger.debug({ path: storagePath }, "removed the storage of a throw-away engine without a record");
	} catch (error) {
		logger.warn({ path: storagePath, error }, "the storage of a throw-away engine could not be removed");
	}
}

type FoundEngine =
	| { readonly kind: "running"; readonly identity: ProcessIdentity }
	| { readonly kind: "ended" }
	| { readonly kind: "unproven"; readonly reason: string };

async function findEngine({ layout, port }: Pick<Reservation, "layout" | "port">): Promise<FoundEngine> {
	const { recorded } = await readRecords(layout);
	if (recorded.kind === "present") {
		const { identity } = recorded.record;
		const judgement = await judgeProcess(identity);
		if (judgement === "alive") return { kind: "running", identity };
		if (judgement === "unknown")
			return { kind: "unproven", reason: `pid ${identity.pid} cannot be judged from here` };
	}
	const { lockHolder } = await import("@rivetkit/engine-inspect");
	const holder = await lockHolder(layout.databasePath);
	if (holder !== undefined) {
		const proof = await proveUnrecorded({ endpoint: ephemeralEndpoint(port), guardPort: port }, layout);
		return proof.kind === "proven" ? { kind: "running", identity: proof.identity } : proof;
	}
	const isBeingSpawned = recorded.kind !== "present" && (await isYoung(layout.logsFolder));
	return isBeingSpawned ? { kind: "unproven", reason: "it was spawned just now" } : { kind: "ended" };
}

/**
 * The time within which a spawned engine opens its database, in milliseconds. If a host is killed after the spawn and
 * before the record of the process, its engine cannot be found until it has opened the database.
 */
const SPAWN_LIMIT_MS = 10_000;

async function isYoung(file: string): Promise<boolean> {
	const stats = await stat(file).catch(() => undefined);
	return stats !== undefined && Date.now() - stats.mtimeMs < SPAWN_LIMIT_MS;
}

/** The time that the system has to end a killed process, in milliseconds. */
const KILL_LIMIT_MS = 5000;

async function end(identity: ProcessIdentity, port: number): Promise<void> {
	await endProcess({
		identity,
		leadsSession: (await sessionOfProcess(identity.pid)) === identity.pid,
		endpoint: ephemeralEndpoint(port),
		firstSignal: "SIGKILL",
		graceMs: KILL_LIMIT_MS,
		signal: undefined,
	});
}
