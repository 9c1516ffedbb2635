import path from "node:path";
import { createWhole, EngineError } from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import type { TakenPort } from "@rivetkit/engine-inspect";
import { portsInUseError } from "@rivetkit/engine-inspect";
import { candidatePorts, lowestEphemeralPort } from "./candidate-ports.ts";
import { releasePorts } from "./remove-reservation.ts";
import { type EphemeralRecord, ephemeralPlace, type Reservation } from "./reservation.ts";

/** Where throw-away engines listen. */
export const EPHEMERAL_HOST = "127.0.0.1";

/** How to reserve. */
export interface ReserveOptions extends Partial<Pick<EphemeralRecord, "keepOnFailure">> {
	/** The guard ports to try, in this order. @defaultValue all that a throw-away engine may have */
	readonly candidates?: readonly number[] | undefined;
	/** Told of every place as soon as it is recorded, also of one whose ports turn out to be taken. */
	readonly onReserved?: ((place: Reservation) => void) | undefined;
}

/**
 * Reserves three ports that can be bound now, and the name of a storage that nobody has. Of all processes that try for
 * the same ports one gets them, and has them until it removes the record, or its end is noticed.
 *
 * @param sharedAs - See `EphemeralRecord`.
 * @throws EngineError `ports_in_use` if none are free; `read_only` if nothing can be recorded.
 */
export async function reservePlace(
	folder: string,
	sharedAs: string | null,
	options: ReserveOptions = {},
): Promise<Reservation> {
	const { candidates = candidatePorts(lowestEphemeralPort()), onReserved, keepOnFailure = false } = options;
	const record = await newRecord(sharedAs, keepOnFailure);
	let taken: readonly TakenPort[] = [];
	for (const port of candidates) {
		const place = ephemeralPlace(folder, port, record);
		if (!isReserved(place)) continue;
		onReserved?.(place);
		taken = await takenPorts(port);
		if (taken.length === 0) return place;
		releasePorts(place);
	}
	throw portsInUseError(taken, `three ports are wanted that nothing in '${folder}' has reserved`);
}

async function newRecord(sharedAs: string | null, keepOnFailure: boolean): Promise<EphemeralRecord> {
	const host = await identifyProcess(process.pid);
	if (host === undefined) throw new EngineError("missing_pid", "This process cannot be identified.");
	const nonce = crypto.randomUUID().slice(0, 8);
	return { format: 1, nonce, host, sharedAs, keepOnFailure, createdAt: new Date().toISOString() };
}

/** False if somebody else has reserved that port. */
function isReserved({ folder, recordPath, record }: Reservation): boolean {
	const draft = path.join(folder, `${crypto.randomUUID()}.tmp`);
	try {
		return createWhole(recordPath, draft, `${JSON.stringify(record)}\n`);
	} catch (error) {
		throw new EngineError("read_only", `'${recordPath}' cannot be written: ${(error as Error).message}.`, {
			metadata: {
				path: recordPath,
				hint: "Set `TMPDIR` to a folder on a local disk that has space and hard links.",
			},
			cause: error,
		});
	}
}

async function takenPorts(port: number): Promise<readonly TakenPort[]> {
	const host = EPHEMERAL_HOST;
	const { checkEnginePorts } = await import("@rivetkit/engine-inspect");
	return await checkEnginePorts({
		guard: { host, port },
		apiPeer: { host, port: port + 1 },
		metrics: { host, port: port + 10 },
	});
}
