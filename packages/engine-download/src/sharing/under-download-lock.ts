import { rmdir, stat } from "node:fs/promises";
import { type LockState, removeFreeLock, withLock } from "@rivetkit/engine-core/lock";
import { receiptPath } from "@rivetkit/engine-core/receipt";
import type { DownloadPlan } from "../download-plan.ts";
import type { DownloadResult } from "../download-request.ts";
import type { CachedFile } from "../install/cached-file.ts";
import { partialSize } from "../partials/partial.ts";
import type { TransferContext } from "../transfer-context.ts";
import { watchOtherDownload } from "./watch-other-download.ts";

/** The download that a lock protects. */
export interface LockedDownload {
	readonly plan: DownloadPlan;
	readonly sha256: string;
	readonly cached: CachedFile;
	readonly context: TransferContext;
}

/**
 * Runs the task under the lock, so in one process at a time. The other processes wait and report its progress. A waiting
 * process uses the wanted file as soon as it is at the target, even while the lock is held: another tool may have
 * installed it, and the holder may have been paused.
 *
 * @throws The error of the task; the signal's reason if aborted.
 */
export async function underDownloadLock(
	{ plan, sha256, cached, context }: LockedDownload,
	task: () => Promise<DownloadResult>,
): Promise<DownloadResult> {
	const { artifact, lockFolder, partialFolder, target } = plan;
	const { limits, logger, meter, signal } = context;
	const appeared = new AbortController();
	let result: DownloadResult | undefined;
	let receipt = await fingerprintOf(receiptPath(target));
	using other = watchOtherDownload(async () => {
		const latest = await fingerprintOf(receiptPath(target));
		if (latest !== receipt) {
			receipt = latest;
			result = await cached.find(sha256);
			if (result !== undefined) appeared.abort();
		}
		return await partialSize(partialFolder, sha256);
	}, meter.waiting);
	const run = async (lock: LockState): Promise<DownloadResult> => {
		other.stop();
		if (lock.kind === "unavailable") {
			const { reason } = lock;
			logger.warn(
				{ path: lockFolder, reason },
				"the download lock could not be taken; downloading without it",
			);
		}
		return await task();
	};
	try {
		return await withLock(lockFolder, run, {
			purpose: `downloading ${artifact}`,
			timeoutMs: limits.lockMs,
			progress: other.lastSeen,
			onWait: ({ identity }) => {
				logger.info({ pid: identity?.pid, artifact }, "waiting for the download of another process");
				other.start();
			},
			logger,
			signal: AbortSignal.any([signal, appeared.signal]),
		});
	} catch (error) {
		if (result === undefined || error !== appeared.signal.reason) throw error;
		return result;
	} finally {
		if (!plan.isCache) await removeEmptyFolders(plan);
	}
}

/** Removes the lock and the folder of partials from a user's folder, unless a partial is left. */
async function removeEmptyFolders({ lockFolder, partialFolder }: DownloadPlan): Promise<void> {
	await removeFreeLock(lockFolder);
	await rmdir(partialFolder).catch(() => {});
}

/** Returns a value that changes when the file is replaced; undefined if there is no file. */
async function fingerprintOf(file: string): Promise<string | undefined> {
	return await stat(file).then(
		({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
		() => undefined,
	);
}
