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

/** The record of a throw-away engine, the content of `<guard port>.json`. It is written before the engine is started. */
export interface ReservationRecord {
	readonly format: 1;
	/** Eight hex digits, different for every engine. */
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
	/** The guard port. The other two ports are derived from it: see `PORT_OFFSETS`. */
	readonly port: number;
	readonly record: ReservationRecord;
	readonly recordPath: string;
	readonly storagePath: string;
	readonly layout: InstanceLayout;
}

/**
 * Returns the folder of this user's throw-away engines, and creates it if it is missing.
 *
 * @throws EngineError `read_only` if the folder cannot be created or trusted, `path_occupied` if a file has its name.
 * Without the folder, ports cannot be reserved, and the engines of killed processes cannot be found and removed.
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

/** @param how.isAbsent - True if the folder could not be created; false if it exists but cannot be trusted. */
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
				? "Set `TMPDIR` to an existing folder that has space and in which you may write."
				: "Make yourself the owner and only user of that folder, or set `TMPDIR` to a folder in which you may write.",
		},
		cause,
	});
}

function folderOccupiedError(folder: string, cause: unknown): EngineError<"path_occupied"> {
	return new EngineError(
		"path_occupied",
		`'${folder}' is a file, but throw-away engines need a folder there.`,
		{
			metadata: { path: folder, hint: "Remove or rename that file, or set `TMPDIR` to another folder." },
			cause,
		},
	);
}

/** Derives the paths of a reservation from its record. */
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

/** Returns the endpoint of the throw-away engine with a guard port. */
export function ephemeralEndpoint(port: number): EngineEndpoint {
	return parseEndpoint(`http://${EPHEMERAL_HOST}:${port}`);
}

/** Lists all reservations. Leaves out records that this package would not write. */
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
 * Lists the storages that have no record and no mark that keeps them. A storage without a record is left if a process
 * writes into the storage while it is being removed.
 */
export async function listOrphanedStorages(folder: string): Promise<readonly OrphanedStorage[]> {
	const names: readonly string[] = await readdir(folder).catch(() => []);
	return names.flatMap((name) => {
		const port = /^([1-9]\d{3,4})-[0-9a-f]{8}$/.exec(name)?.[1];
		// Another engine has the port now. A sweep after the end of that engine removes the storage.
		if (port === undefined || names.includes(`${port}.json`)) return [];
		const storagePath = path.join(folder, name);
		if (existsSync(keptMark(storagePath))) return [];
		return [{ port: Number(port), storagePath, layout: instanceLayout(folder, storagePath) }];
	});
}

/** Returns the path of the file that marks a storage without a record as kept. */
export function keptMark(storagePath: string): string {
	return path.join(storagePath, "kept");
}

/** Reads the reservation of a port. */
export async function readReservation(folder: string, port: number): Promise<Reservation | undefined> {
	const read = await readJson(path.join(folder, `${port}.json`), parseRecord);
	return read.kind === "present" ? reservationOf(folder, port, read.value) : undefined;
}

/**
 * Parses a record. A record contains no path, so that it cannot lead to another folder. The nonce becomes part of a path,
 * so its form is checked.
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
