import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError, type Logger } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { endAtExit } from "./end-at-exit.ts";
import { keepStorage, removePlace, removePlaceNow } from "./remove-reservation.ts";
import type { Reservation } from "./reservation.ts";
import { reservePlace } from "./reserve.ts";

/** A place that this process answers for: if it ends, so does what runs there, and the files are removed. */
export interface HeldReservation {
	readonly place: Reservation;
	/** Says what runs there from now on. */
	setProcess(process: LeasedProcess): void;
	/** Says that the engine has failed. */
	setFailed(): void;
	/**
	 * Ends the engine and removes its files, or leaves them if it has failed and that was asked for.
	 *
	 * @returns Whether they were removed.
	 * @throws EngineError `endpoint_unresponsive` if it survives.
	 */
	release(): Promise<"removed" | "kept">;
	/**
	 * Leaves the engine and its place to others.
	 *
	 * @returns What ends the engine and removes its files at once, as the end of this process would have.
	 */
	handOver(): () => void;
}

/** What runs in a place. */
export type LeasedProcess =
	| { readonly kind: "none" }
	| { readonly kind: "starting"; readonly signal: SpawnedEngine["signal"] }
	| { readonly kind: "spawned"; readonly spawned: SpawnedEngine };

/** How to answer for a place. */
export interface LeaseOptions {
	readonly sharedAs: string | null;
	readonly keepOnFailure: boolean;
	readonly logger: Logger;
}

/**
 * Takes a place for an engine.
 *
 * @throws EngineError `ports_in_use`, `read_only`.
 */
export async function holdReservation(folder: string, options: LeaseOptions): Promise<HeldReservation> {
	const { sharedAs, keepOnFailure, logger } = options;
	let running: LeasedProcess = { kind: "none" };
	let hasFailed = false;
	let release: Promise<"removed" | "kept"> | undefined;
	let reserved: Reservation | undefined;
	const isKept = (place: Reservation): boolean =>
		hasFailed && keepOnFailure && existsSync(place.layout.logsFolder);
	const endNow = (): void => {
		if (reserved === undefined) return;
		signalAtExit(running, reserved);
		if (isKept(reserved)) keepStorage(reserved);
		else removePlaceNow(reserved);
	};
	const guard = endAtExit(endNow);
	const place = await reservePlace(folder, sharedAs, {
		keepOnFailure,
		onReserved: (made) => {
			reserved = made;
		},
	}).catch((error: unknown) => {
		guard[Symbol.dispose]();
		throw error;
	});
	const end = async (): Promise<"removed" | "kept"> => {
		if (running.kind === "spawned") await endEngine(running.spawned, place);
		const outcome = isKept(place) ? "kept" : "removed";
		if (outcome === "kept") {
			keepStorage(place);
			logger.warn({ path: place.storagePath }, "the files of the throw-away engine are kept");
		} else {
			await removePlace(place);
		}
		guard[Symbol.dispose]();
		return outcome;
	};
	return {
		place,
		setProcess: (process) => {
			running = process;
		},
		setFailed: () => {
			hasFailed = true;
		},
		release: () => {
			release ??= end().catch((error: unknown) => {
				// It may be tried again.
				release = undefined;
				throw error;
			});
			return release;
		},
		handOver: () => {
			guard[Symbol.dispose]();
			return endNow;
		},
	};
}

function signalAtExit(running: LeasedProcess, place: Reservation): void {
	switch (running.kind) {
		case "none":
			return;
		case "starting":
			// It has not come so far as to have anything to write down.
			running.signal("SIGKILL");
			return;
		case "spawned":
			running.spawned.signal(hasDatabase(place) ? "SIGKILL" : "SIGTERM");
	}
}

/** How long an engine whose data lies elsewhere has to shut down, in milliseconds. */
const GRACE_MS = 5000;

/** An engine whose data is about to be removed need not write it down. */
async function endEngine(spawned: SpawnedEngine, place: Reservation): Promise<void> {
	if (!hasDatabase(place) && spawned.signal("SIGTERM")) {
		const ended = new AbortController();
		const limit = sleep(GRACE_MS, undefined, { signal: ended.signal }).catch(() => {});
		await Promise.race([spawned.exited, limit]);
		ended.abort();
	}
	if ((await spawned.terminate()) !== undefined) return;
	throw new EngineError(
		"endpoint_unresponsive",
		`The throw-away engine (pid ${spawned.pid}) is still there 5 s after SIGKILL.`,
		{
			metadata: {
				pid: spawned.pid,
				path: place.storagePath,
				hint: "The system may be waiting for a disk; look at the process state with `ps`.",
			},
		},
	);
}

/** Whether the engine's data lies in its storage; not so with PostgreSQL. RocksDB has this file from its first start on. */
function hasDatabase({ layout }: Reservation): boolean {
	return existsSync(path.join(layout.databasePath, "CURRENT"));
}
