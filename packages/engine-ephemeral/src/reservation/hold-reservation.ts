import { existsSync } from "node:fs";
import path from "node:path";
import { EngineError, type Logger } from "@rivetkit/engine-core";
import type { SpawnedEngine } from "@rivetkit/engine-spawn";
import { endAtExit } from "./end-at-exit.ts";
import { keepStorage, removeReservation, removeReservationNow } from "./remove-reservation.ts";
import type { Reservation } from "./reservation.ts";
import { reserve } from "./reserve.ts";

/** A reservation that this process cleans up: when the process ends, it ends the engine and removes the files. */
export interface HeldReservation {
	readonly reservation: Reservation;
	/** Sets the process that uses this reservation from now on. */
	setProcess(process: ReservedProcess): void;
	/** Records that the engine has failed. */
	setFailed(): void;
	/**
	 * Ends the engine and removes its files. The files stay if the engine has failed and `keepOnFailure` is set.
	 *
	 * @returns `removed` if the files were removed, `kept` if they stay.
	 * @throws EngineError `still_running` if the engine survives SIGKILL.
	 */
	release(): Promise<"removed" | "kept">;
}

/** The process that uses a reservation. */
export type ReservedProcess =
	| { readonly kind: "none" }
	| { readonly kind: "starting"; readonly signal: SpawnedEngine["signal"] }
	| { readonly kind: "spawned"; readonly spawned: SpawnedEngine };

/** Options of a held reservation. */
export interface HoldOptions {
	readonly keepOnFailure: boolean;
	readonly logger: Logger;
}

/**
 * Reserves ports and a storage folder, and cleans them up when this process ends.
 *
 * @throws EngineError `ports_in_use`, `read_only`.
 */
export async function holdReservation(folder: string, options: HoldOptions): Promise<HeldReservation> {
	const { keepOnFailure, logger } = options;
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
	const guard = await endAtExit(endNow);
	const reservation = await reserve(folder, {
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

/** The time that an engine with data outside its storage has to shut down, in milliseconds. */
const GRACE_MS = 5000;

/** Ends an engine. The engine gets time to save its data, unless that data is removed with the storage. */
async function endEngine(spawned: SpawnedEngine, reservation: Reservation): Promise<void> {
	const ended = hasDatabase(reservation) ? spawned.kill() : spawned.stop({ graceMs: GRACE_MS });
	if ((await ended) !== undefined) return;
	throw new EngineError(
		"still_running",
		`The throw-away engine (pid ${spawned.pid}) is still running 5 s after SIGKILL.`,
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
 * Returns whether the engine's data is in its storage, not in PostgreSQL. RocksDB creates the file `CURRENT` at its first
 * start.
 */
function hasDatabase({ layout }: Reservation): boolean {
	return existsSync(path.join(layout.databasePath, "CURRENT"));
}
