import { rmdir, stat } from "node:fs/promises";
import type { Logger } from "@rivetkit/engine-core";
import { type LockState, removeFreeLock, withLock } from "@rivetkit/engine-core/lock";
import { receiptPath } from "@rivetkit/engine-core/receipt";
import type { DownloadPlan } from "../download-plan.ts";
import type { DownloadResult } from "../download-request.ts";
import type { CachedFile } from "../install/cached-file.ts";
import { partialSize } from "../partials/partial.ts";

import type { TransferContext } from "../transfer-context.ts";
import { watchOther } from "./watch-other.ts";

/**
 * Lets one process fetch a file, and shows the others how it is getting on. Whoever waits is content with what
 * appears at the target meanwhile: that may be another's than the holder's, who may have been stopped.
 *
 * @throws What the task throws; the signal's reason if aborted.
 */
export async function underDownloadLock(
	plan: DownloadPlan,
	sha256: string,
	cached: CachedFile,
	context: TransferContext,
	task: () => Promise<DownloadResult>,
): Promise<DownloadResult> {
	const { artifact, lockFolder, partialFolder, target } = plan;
	const { limits, logger, meter, signal } = context;
	const appeared = new AbortController();
	let result: DownloadResult | undefined;
	let receipt = await stampOf(receiptPath(target));
	using other = watchOther(async () => {
		const latest = await stampOf(receiptPath(target));
		if (latest !== receipt) {
			receipt = latest;
			result = await cached.find(sha256);
			if (result !== undefined) appeared.abort();
		}
		return await partialSize(partialFolder, sha256);
	}, meter.waiting);
	const run = async (lock: LockState): Promise<DownloadResult> => {
		other.end();
		if (lock.kind === "unavailable") tellUnlocked(logger, lockFolder, lock.reason);
		return await task();
	};
	try {
		return await withLock(lockFolder, run, {
			purpose: `downloading ${artifact}`,
			timeoutMs: limits.lockMs,
			progress: other.seen,
			onWait: ({ identity }) => {
				logger.info({ pid: identity?.pid, artifact }, "waiting for the download of another process");
				other.begin();
			},
			logger,
			signal: AbortSignal.any([signal, appeared.signal]),
		});
	} catch (error) {
		if (result === undefined || error !== appeared.signal.reason) throw error;
		return result;
	} finally {
		if (!plan.isCache) await tidyUp(plan);
	}
}

/** Somebody's own folder is to have the file in it and nothing else, unless there is something to go on with. */
async function tidyUp({ lockFolder, partialFolder }: DownloadPlan): Promise<void> {
	await removeFreeLock(lockFolder);
	await rmdir(partialFolder).catch(() => {});
}

/** What changes when a file is replaced; undefined if there is none. */
async function stampOf(file: string): Promise<string | undefined> {
	return await stat(file).then(
		({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
		() => undefined,
	);
}

function tellUnlocked(logger: Logger, folder: string, reason: string): void {
	logger.warn({ path: folder, reason }, "downloading without the lock, which could not be had");
}
