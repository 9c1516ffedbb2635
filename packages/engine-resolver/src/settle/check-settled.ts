import { stat } from "node:fs/promises";
import { checkReceipt, type ReceiptCheck } from "@rivetkit/engine-core/receipt";
import type { SourceContext } from "../source.ts";
import type { Clock } from "./clock.ts";
import { isSameSighting, judgeSightings, type Sighting } from "./judge-sightings.ts";

/** Result of a comparison with a receipt, and what the file looked like just before. */
export interface SettledCheck {
	readonly check: ReceiptCheck;
	/** Undefined only if the file has just appeared. */
	readonly sighting: Sighting | undefined;
}

/**
 * Checks a file by its receipt. A file without a receipt is watched until no program writes to it any more: rivetkit writes
 * at the final path, and makes the file executable when it is complete.
 *
 * @throws The signal's reason if aborted; the system's own error if the file cannot be read.
 */
export async function checkSettled(
	file: string,
	context: SourceContext,
	clock: Clock,
): Promise<SettledCheck> {
	const earlier: Sighting[] = [];
	let isAnnounced = false;
	for (;;) {
		const sighting = await sight(file, clock);
		const check = await checkReceipt(file, context.signal);
		if (check.kind !== "unverified") return { check, sighting };
		if (sighting === undefined) continue;
		const settlement = judgeSightings(sighting, earlier);
		if (settlement.kind === "settled") return { check, sighting };
		if (settlement.kind === "wait" && !isAnnounced) {
			isAnnounced = true;
			announce(context, file, settlement.reason);
		}
		earlier.push(sighting);
		await clock.pause(settlement.pauseMs, context.signal);
	}
}

/** True if a file has not changed since an earlier look. */
export async function isUnchanged(
	file: string,
	before: Sighting | undefined,
	clock: Clock,
): Promise<boolean> {
	const after = await sight(file, clock);
	return before !== undefined && after !== undefined && isSameSighting(before, after);
}

async function sight(file: string, clock: Clock): Promise<Sighting | undefined> {
	const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
		throw error;
	});
	return (
		stats && {
			inode: stats.ino,
			sizeBytes: stats.size,
			mtimeMs: stats.mtimeMs,
			wallMs: clock.wallMs(),
			monotonicMs: clock.monotonicMs(),
		}
	);
}

function announce({ logger, onWait }: SourceContext, path: string, reason: string): void {
	logger.info({ path, reason }, "waiting for another program to finish writing the engine binary");
	onWait?.({ path, reason });
}
