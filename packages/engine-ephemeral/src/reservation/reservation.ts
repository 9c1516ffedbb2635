import { existsSync, mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
	EngineError,
	type Environment,
	type InstanceLayout,
	instanceLayout,
	machineFolder,
	readJson,
} from "@rivetkit/engine-core";
import { isProcessIdentity, type ProcessIdentity } from "@rivetkit/engine-core/process";

/** What is recorded of a throw-away engine before it is started. A format on disk: `<guard port>.json`. */
export interface EphemeralRecord {
	readonly format: 1;
	/** Eight hex digits, new with every engine. */
	readonly nonce: string;
	/** The process that it is started by. */
	readonly host: ProcessIdentity;
	/** The digest of the key under which processes share it; null for one that is its host's alone. */
	readonly sharedAs: string | null;
	/** As an option of the same name. */
	readonly keepOnFailure: boolean;
	/** ISO 8601, for people. */
	readonly createdAt: string;
}

/** The port and the files of a throw-away engine. Where its storage is follows from its record's name and nonce. */
export interface Reservation {
	/** The folder of all throw-away engines of this user. */
	readonly folder: string;
	/** The guard's; the api-peer and metrics ports are 1 and 10 above. */
	readonly port: number;
	readonly record: EphemeralRecord;
	readonly recordPath: string;
	readonly storagePath: string;
	readonly layout: InstanceLayout;
	/** The records of the processes that use it, if it is shared. */
	readonly usersFolder: string;
}

/**
 * The folder of this user's throw-away engines, created if missing.
 *
 * @throws EngineError `read_only` where it cannot be had: ports could not be reserved there, nor would anybody
 * find and remove what a killed process has left.
 */
export function ephemeralFolder(environment: Environment): string {
	const machine = machineFolder(environment);
	if (machine.kind === "refused") {
		throw refused(machine.path, machine.reason, { isAbsent: !existsSync(machine.path) });
	}
	const folder = path.join(machine.path, "ephemeral");
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	} catch (error) {
		throw refused(folder, (error as Error).message, { isAbsent: true, cause: error });
	}
	return folder;
}

/** @param how.isAbsent - Whether it could not be made, rather than is one that cannot be trusted. */
function refused(
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

/** Where the engine of a record is. */
export function ephemeralPlace(folder: string, port: number, record: EphemeralRecord): Reservation {
	const storagePath = path.join(folder, `${port}-${record.nonce}`);
	return {
		folder,
		port,
		record,
		recordPath: path.join(folder, `${port}.json`),
		storagePath,
		layout: instanceLayout(folder, storagePath),
		usersFolder: path.join(storagePath, "users"),
	};
}

/** All that are recorded. Records that this package would not write are passed over. */
export async function listPlaces(folder: string): Promise<readonly Reservation[]> {
	const ports = (await readdir(folder).catch(() => [])).flatMap((name) => {
		const port = /^([1-9]\d{3,4})\.json$/.exec(name)?.[1];
		return port === undefined ? [] : [Number(port)];
	});
	const places = await Promise.all(ports.map((port) => readPlace(folder, port)));
	return places.filter((place) => place !== undefined);
}

/** A storage that no record leads to. */
export interface OrphanedStorage {
	readonly port: number;
	readonly storagePath: string;
	readonly layout: InstanceLayout;
}

/** The storages without a record that are not kept. They were made again while they were removed. */
export async function listOrphanedStorages(folder: string): Promise<readonly OrphanedStorage[]> {
	const names: readonly string[] = await readdir(folder).catch(() => []);
	return names.flatMap((name) => {
		const port = /^([1-9]\d{3,4})-[0-9a-f]{8}$/.exec(name)?.[1];
		// Another engine may have that port by now. Its end comes, and then the next look.
		if (port === undefined || names.includes(`${port}.json`)) return [];
		const storagePath = path.join(folder, name);
		if (existsSync(keptMark(storagePath))) return [];
		return [{ port: Number(port), storagePath, layout: instanceLayout(folder, storagePath) }];
	});
}

/** The file that says that a storage is to stay, though no record leads to it. */
export function keptMark(storagePath: string): string {
	return path.join(storagePath, "kept");
}

/** The one that is recorded for a port. */
export async function readPlace(folder: string, port: number): Promise<Reservation | undefined> {
	const read = await readJson(path.join(folder, `${port}.json`), parseRecord);
	return read.kind === "present" ? ephemeralPlace(folder, port, read.value) : undefined;
}

/** A record names no path, so none can lead elsewhere; the nonce becomes part of one. */
export function parseRecord(value: unknown): EphemeralRecord | undefined {
	const { format, nonce, host, sharedAs, keepOnFailure, createdAt } = (value ?? {}) as Partial<
		Record<string, unknown>
	>;
	const isRecord =
		format === 1 &&
		typeof nonce === "string" &&
		/^[0-9a-f]{8}$/.test(nonce) &&
		isProcessIdentity(host) &&
		(sharedAs === null || (typeof sharedAs === "string" && /^[0-9a-f]{32}$/.test(sharedAs))) &&
		typeof keepOnFailure === "boolean" &&
		typeof createdAt === "string";
	return isRecord ? (value as EphemeralRecord) : undefined;
}
