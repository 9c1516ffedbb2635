import path from "node:path";
import { createWhole, EngineError, type EnginePorts, PORT_OFFSETS } from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import type { TakenPort } from "@rivetkit/engine-inspect";
import { candidatePorts, lowestEphemeralPort } from "./candidate-ports.ts";
import { releasePorts } from "./remove-reservation.ts";
import { EPHEMERAL_HOST, type Reservation, type ReservationRecord, reservationOf } from "./reservation.ts";

/** Options of {@link reserve}. */
export interface ReserveOptions {
	/** The guard ports to try, in this order. @defaultValue all possible guard ports */
	readonly candidates?: readonly number[] | undefined;
	/** Called with every reservation as soon as it is recorded, even if its ports turn out to be taken. */
	readonly onReserved?: ((reservation: Reservation) => void) | undefined;
}

/**
 * Reserves three ports that can be bound now, and a storage folder. If several processes try to reserve the same ports,
 * only one succeeds. The reservation lasts until its process removes the record or is proven dead.
 *
 * @throws EngineError `ports_in_use` if no ports are free; `read_only` if the record cannot be written.
 */
export async function reserve(folder: string, options: ReserveOptions = {}): Promise<Reservation> {
	const { candidates = candidatePorts(lowestEphemeralPort()), onReserved } = options;
	const record = await newRecord();
	const { checkEnginePorts, portsInUseError } = await import("@rivetkit/engine-inspect");
	let taken: readonly TakenPort[] = [];
	for (const port of candidates) {
		const reservation = reservationOf(folder, port, record);
		if (!createRecord(reservation)) continue;
		onReserved?.(reservation);
		taken = await checkEnginePorts(portsFrom(port));
		if (taken.length === 0) return reservation;
		releasePorts(reservation);
	}
	throw portsInUseError(taken, `three ports are wanted that nothing in '${folder}' has reserved`);
}

async function newRecord(): Promise<ReservationRecord> {
	const host = await identifyProcess(process.pid);
	if (host === undefined) throw new EngineError("missing_pid", "This process cannot be identified.");
	const nonce = crypto.randomUUID().slice(0, 8);
	return { format: 1, nonce, host, createdAt: new Date().toISOString() };
}

function portsFrom(port: number): EnginePorts {
	const host = EPHEMERAL_HOST;
	return {
		guard: { host, port },
		apiPeer: { host, port: port + PORT_OFFSETS.apiPeer },
		metrics: { host, port: port + PORT_OFFSETS.metrics },
	};
}

/** Writes the record of a reservation. Returns false if another reservation has the port. */
function createRecord({ folder, recordPath, record }: Reservation): boolean {
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
