import { existsSync } from "node:fs";
import path from "node:path";
import { EngineError, type Logger, pause } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { endAtExit } from "./end-at-exit.ts";
import { keepStorage, removeReservation, removeReservationNow } from "./remove-reservation.ts";
import type { Reservation } from "./reservation.ts";
import { reserve } from "./reserve.ts";

/** A reservation that this process cleans up: when the process ends, its engine is ended and the files are removed. */
export interface HeldReservation {
	readonly reservation: Reservation;
	/** Sets the process that runs with this reservation from now on. */
	setProcess(process: ReservedProcess): void;
	/** Notes that the engine has failed. */
	setFailed(): void;
	/**
	 * Ends the engine and removes its files. The files stay if the engine has failed and `keepOnFailure` is set.
	 *
	 * @returns `removed` or `kept`, for the files.
	 * @throws EngineError `endpoint_unresponsive` if the engine survives.
	 */
	release(): Promise<"removed" | "kept">;
	/**
	 * Leaves the engine and its files to other processes.
	 *
	 * @returns A function that ends the engine and removes its files synchronously, as the end of this process would
	 * have.
	 */
	handOver(): () => void;
}

/** The process of a reservation. */
export type ReservedProcess =
	| { readonly kind: "none" }
	| { readonly kind: "starting"; readonly signal: SpawnedEngine["signal"] }
	| { readonly kind: "spawned"; readonly spawned: SpawnedEngine };

/** How to hold a reservation. */
export interface HoldOptions {
	readonly sharedAs: string | null;
	readonly keepOnFailure: boolean;
	readonly logger: Logger;
}

/**
 * Reserves ports and a storage folder, and cleans them up when this process ends.
 *
 * @throws EngineError `ports_in_use`, `read_only`.
 */
export async function holdReservation(folder: string, options: HoldOptions): Promise<HeldReservation> {
	const { sharedAs, keepOnFailure, logger } = options;
	let running: ReservedProcess = { kind: "none" };
	let hasFailed = false;
	let release: Promise<"removed" | "kept"> | undefined;
	let reserved: Reservation | undefined;
	const isKept = (reservation: Reservation): boolean =>
		hasFailed && keepOnFailure && existsSync(reservation.layout.logsFolder);
	const endNow = (): void => {
		if (reserved === undefined) return;
		signalAtExit(running, reserved);
		if (isKept(reserved)) keepStorage(reserved);
		else removeReservationNow(reserved);
	};
	const guard = endAtExit(endNow);
	const reservation = await reserve(folder, sharedAs, {
		keepOnFailure,
		onReserved: (made) => {
			reserved = made;
		},
	}).catch((error: unknown) => {
		guard[Symbol.dispose]();
		throw error;
	});
	const end = async (): Promise<"removed" | "kept"> => {
		if (running.kind === "spawned") await endEngine(running.spawned, reservation);
		const outcome = isKept(reservation) ? "kept" : "removed";
		if (outcome === "kept") {
			keepStorage(reservation);
			logger.warn({ path: reservation.storagePath }, "the files of the throw-away engine are kept");
		} else {
			await removeReservation(reservation);
		}
		guard[Symbol.dispose]();
		return outcome;
	};
	return {
		reservation,
		setProcess: (process) => {
			running = process;
		},
		setFailed: () => {
			hasFailed = true;
		},
		release: () => {
			release ??= end().catch((error: unknown) => {
				// The caller may try again.
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

function signalAtExit(running: ReservedProcess, reservation: Reservation): void {
	switch (running.kind) {
		case "none":
			return;
		case "starting":
			// An engine that is still starting has no data to save.
			running.signal("SIGKILL");
			return;
		case "spawned":
			running.spawned.signal(hasDatabase(reservation) ? "SIGKILL" : "SIGTERM");
	}
}

/** The time that an engine with data elsewhere has to shut down, in milliseconds. */
const GRACE_MS = 5000;

/** Ends an engine. It has time to save its data only if the data is not removed with the storage. */
async function endEngine(spawned: SpawnedEngine, reservation: Reservation): Promise<void> {
	if (!hasDatabase(reservation) && spawned.signal("SIGTERM")) {
		const ended = new AbortController();
		const limit = pause(GRACE_MS, { signal: ended.signal }).catch(() => {});
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
				path: reservation.storagePath,
				hint: "The system may be waiting for a disk; look at the process state with `ps`.",
			},
		},
	);
}

/**
 * Tells whether the engine's data is in its storage, and not in PostgreSQL. RocksDB has this file from its first
 * start on.
 */
function hasDatabase({ layout }: Reservation): boolean {
	return existsSync(path.join(layout.databasePath, "CURRENT"));
}
