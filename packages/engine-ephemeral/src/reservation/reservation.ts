import { existsSync, mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
	type EngineEndpoint,
	EngineError,
	type Environment,
	type InstanceLayout,
	instanceLayout,
	machineFolder,
	parseEndpoint,
	readJson,
} from "@rivetkit/engine-core";
import { isProcessIdentity, type ProcessIdentity } from "@rivetkit/engine-core/process";

/** The address on which throw-away engines listen. */
export const EPHEMERAL_HOST = "127.0.0.1";

/** The record of a throw-away engine, written before the engine is started. A format on disk: `<guard port>.json`. */
export interface ReservationRecord {
	readonly format: 1;
	/** Eight hex digits, new with every engine. */
	readonly nonce: string;
	/** The process that starts the engine. */
	readonly host: ProcessIdentity;
	/** The time in ISO 8601, for people. */
	readonly createdAt: string;
}

/** The ports and the storage of a throw-away engine. The record's name and nonce give the path of the storage. */
export interface Reservation {
	/** The folder of all throw-away engines of this user. */
	readonly folder: string;
	/** The guard's port. The other two follow from it: see `PORT_OFFSETS`. */
	readonly port: number;
	readonly record: ReservationRecord;
	readonly recordPath: string;
	readonly storagePath: string;
	readonly layout: InstanceLayout;
}

/**
 * Returns the folder of this user's throw-away engines, and creates it if it is missing.
 *
 * @throws EngineError `read_only` if there can be no such folder, `path_occupied` if a file has its name. Without the
 * folder, ports cannot be reserved, and nobody finds and removes the engines of killed processes.
 */
export function ephemeralFolder(environment: Environment): string {
	const machine = machineFolder(environment);
	if (machine.kind === "refused") {
		throw folderRefusedError(machine.path, machine.reason, { isAbsent: !existsSync(machine.path) });
	}
	const folder = path.join(machine.path, "ephemeral");
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "EEXIST" || code === "ENOTDIR") throw folderOccupiedError(folder, error);
		throw folderRefusedError(folder, message, { isAbsent: true, cause: error });
	}
	return folder;
}

/** @param how.isAbsent - True if the folder could not be created; false if it is there and cannot be trusted. */
function folderRefusedError(
	folder: string,
	reason: string,
	{ isAbsent, cause }: { readonly isAbsent: boolean; readonly cause?: unknown },
): EngineError<"read_only"> {
	return new EngineError("read_only", `Throw-away engines cannot be kept in '${folder}': ${reason}.`, {
		metadata: {
			path: folder,
			reason,
			hint: isAbsent
				? "Set `TMPDIR` to a folder that is there, has space, and in which you may write."
				: "Make that folder yours alone, or set `TMPDIR` to a folder in which you may write.",
		},
		cause,
	});
}

function folderOccupiedError(folder: string, cause: unknown): EngineError<"path_occupied"> {
	return new EngineError(
		"path_occupied",
		`'${folder}' is a file, and throw-away engines need a folder there.`,
		{
			metadata: { path: folder, hint: "Remove or rename that file, or set `TMPDIR` to another folder." },
			cause,
		},
	);
}

/** Works out the paths that follow from a record. */
export function reservationOf(folder: string, port: number, record: ReservationRecord): Reservation {
	const storagePath = path.join(folder, `${port}-${record.nonce}`);
	return {
		folder,
		port,
		record,
		recordPath: path.join(folder, `${port}.json`),
		storagePath,
		layout: instanceLayout(folder, storagePath),
	};
}

/** Returns the endpoint of the throw-away engine whose guard has a port. */
export function ephemeralEndpoint(port: number): EngineEndpoint {
	return parseEndpoint(`http://${EPHEMERAL_HOST}:${port}`);
}

/** Lists all reservations. Records that this package would not write are left out. */
export async function listReservations(folder: string): Promise<readonly Reservation[]> {
	const ports = (await readdir(folder).catch(() => [])).flatMap((name) => {
		const port = /^([1-9]\d{3,4})\.json$/.exec(name)?.[1];
		return port === undefined ? [] : [Number(port)];
	});
	const reservations = await Promise.all(ports.map((port) => readReservation(folder, port)));
	return reservations.filter((reservation) => reservation !== undefined);
}

/** A storage without a record. */
export interface OrphanedStorage {
	readonly port: number;
	readonly storagePath: string;
	readonly layout: InstanceLayout;
}

/**
 * Lists the storages that have no record and are not to be kept. Such a storage comes about when a process writes into
 * it while it is removed.
 */
export async function listOrphanedStorages(folder: string): Promise<readonly OrphanedStorage[]> {
	const names: readonly string[] = await readdir(folder).catch(() => []);
	return names.flatMap((name) => {
		const port = /^([1-9]\d{3,4})-[0-9a-f]{8}$/.exec(name)?.[1];
		// Another engine may have the port by now. A later sweep removes the storage, once that engine has ended.
		if (port === undefined || names.includes(`${port}.json`)) return [];
		const storagePath = path.join(folder, name);
		if (existsSync(keptMark(storagePath))) return [];
		return [{ port: Number(port), storagePath, layout: instanceLayout(folder, storagePath) }];
	});
}

/** Returns the path of the mark that keeps a storage without a record. */
export function keptMark(storagePath: string): string {
	return path.join(storagePath, "kept");
}

/** Reads the reservation of a port. */
export async function readReservation(folder: string, port: number): Promise<Reservation | undefined> {
	const read = await readJson(path.join(folder, `${port}.json`), parseRecord);
	return read.kind === "present" ? reservationOf(folder, port, read.value) : undefined;
}

/**
 * Reads a record. It names no path, so that no record can lead to another folder; the nonce, which becomes part of a
 * path, is checked for that.
 */
export function parseRecord(value: unknown): ReservationRecord | undefined {
	const { format, nonce, host, createdAt } = (value ?? {}) as Partial<Record<string, unknown>>;
	const isRecord =
		format === 1 &&
		typeof nonce === "string" &&
		/^[0-9a-f]{8}$/.test(nonce) &&
		isProcessIdentity(host) &&
		typeof createdAt === "string";
	return isRecord ? (value as ReservationRecord) : undefined;
}
