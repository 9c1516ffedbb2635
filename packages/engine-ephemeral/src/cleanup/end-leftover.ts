import { rm, stat } from "node:fs/promises";
import { type Logger, parseEndpoint } from "@rivetkit/engine-core";
import { judgeProcess, type ProcessIdentity, sessionOfProcess } from "@rivetkit/engine-core/process";
import { proveUnrecorded, readRecords } from "@rivetkit/engine-instances";
import { endProcess } from "@rivetkit/engine-lifecycle";
import { keepStorage, removePlace } from "../reservation/remove-reservation.ts";
import type { OrphanedStorage, Reservation } from "../reservation/reservation.ts";
import { EPHEMERAL_HOST } from "../reservation/reserve.ts";

/** How to end an engine that nobody uses. */
export interface EndLeftoverOptions {
	readonly logger: Logger;
	/** Whether the files of one that has ended already are to stay. @defaultValue false */
	readonly keepOnFailure?: boolean | undefined;
}

/**
 * Ends an engine that nobody uses any more and removes its place. Only what is proven is signalled: the very process
 * that was recorded at the spawn, or else the engine that has this database open and listens on this port. If any
 * other process may be at work there, all is left as it is.
 *
 * @returns Whether the engine is gone.
 * @throws EngineError as `endProcess`; the system's own error if files cannot be removed.
 */
export async function endLeftover(
	place: Reservation,
	{ logger, keepOnFailure = false }: EndLeftoverOptions,
): Promise<"gone" | "left"> {
	const { port, storagePath } = place;
	const fields = { port, path: storagePath };
	const found = await findEngine(place);
	switch (found.kind) {
		case "unproven":
			logger.warn({ ...fields, reason: found.reason }, "a throw-away engine that nobody uses was left alone");
			return "left";
		case "ended":
			if (!keepOnFailure) break;
			keepStorage(place);
			logger.warn(fields, "the files of the throw-away engine are kept");
			return "gone";
		case "running":
			await end(found.identity, port);
	}
	await removePlace(place);
	logger.debug(fields, "removed a throw-away engine that nobody uses");
	return "gone";
}

/** {@link endLeftover} for those who have something else to do, which does not fail for what is left. */
export async function removeLeftover(place: Reservation, logger: Logger): Promise<void> {
	try {
		await endLeftover(place, { logger });
	} catch (error) {
		const fields = { port: place.port, path: place.storagePath, error };
		logger.warn(fields, "a throw-away engine that nobody uses is still there");
	}
}

/** Removes a storage that no record leads to, if its engine is proven dead. Never rejects. */
export async function removeOrphan(orphan: OrphanedStorage, logger: Logger): Promise<void> {
	const { storagePath, layout } = orphan;
	try {
		const { recorded } = await readRecords(layout);
		if (recorded.kind !== "present" || (await findEngine(orphan)).kind !== "ended") return;
		await rm(storagePath, { recursive: true, force: true });
		logger.debug({ path: storagePath }, "removed the storage of a throw-away engine, which had no record");
	} catch (error) {
		logger.warn({ path: storagePath, error }, "the storage of a throw-away engine is still there");
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
		const proof = await proveUnrecorded({ endpoint: endpointAt(port), guardPort: port }, layout);
		return proof.kind === "proven" ? { kind: "running", identity: proof.identity } : proof;
	}
	const isBeingSpawned = recorded.kind !== "present" && (await isYoung(layout.logsFolder));
	return isBeingSpawned ? { kind: "unproven", reason: "it was spawned just now" } : { kind: "ended" };
}

/** Its host may have been killed between the spawn and its record; after this time it has its database open, in milliseconds. */
const SPAWN_LIMIT_MS = 10_000;

async function isYoung(file: string): Promise<boolean> {
	const stats = await stat(file).catch(() => undefined);
	return stats !== undefined && Date.now() - stats.mtimeMs < SPAWN_LIMIT_MS;
}

/** How long the system may take to end it before it is asked once more, in milliseconds. */
const KILL_LIMIT_MS = 5000;

async function end(identity: ProcessIdentity, port: number): Promise<void> {
	await endProcess({
		identity,
		leadsSession: (await sessionOfProcess(identity.pid)) === identity.pid,
		endpoint: endpointAt(port),
		firstSignal: "SIGKILL",
		graceMs: KILL_LIMIT_MS,
		signal: undefined,
	});
}

function endpointAt(port: number): ReturnType<typeof parseEndpoint> {
	return parseEndpoint(`http://${EPHEMERAL_HOST}:${port}`);
}
