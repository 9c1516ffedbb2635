import { type Logger, silentLogger } from "@rivetkit/engine-core";
import { type LockState, withLock } from "@rivetkit/engine-core/lock";
import { fromCache } from "./cached.ts";
import { type DownloadPlan, planDownload } from "./download-plan.ts";
import type { DownloadRequest, DownloadResult } from "./download-request.ts";
import { fetchFile } from "./fetch-file.ts";
import { openHttpClient } from "./http-client.ts";
import { install, requireSpace } from "./install.ts";
import { fetchDigest } from "./manifest.ts";
import { openPartial, partialSize } from "./partial.ts";
import { type DownloadProgress, progressMeter } from "./progress-meter.ts";
import { type DownloadsUnderWay, shareDownload } from "./shared-download.ts";
import { openSink } from "./sink.ts";
import { systemTransfer, type TransferContext, type TransferSettings } from "./transfer-context.ts";
import { watchOther } from "./watch-other.ts";

/** An engine has 97 MB, and nothing that is released comes near this: 1 GiB. */
const MAXIMUM_BYTES = 1024 * 1024 * 1024;

const underWay: DownloadsUnderWay<DownloadResult> = new Map();

/**
 * Fetches a release file, verifies it, and puts it in its place. What is there already and verified is used as
 * it is. Calls for the same file share one download, in this process and across processes; a download that was
 * interrupted is gone on with.
 *
 * At the final path there is never anything but a whole, verified file.
 *
 * @throws EngineError with a code of `EngineDownloadErrorCode`; the signal's reason if aborted.
 */
export async function downloadEngine(request: DownloadRequest): Promise<DownloadResult> {
	return await downloadEngineWith(request, systemTransfer);
}

/** {@link downloadEngine} with other limits and clocks. */
export async function downloadEngineWith(
	request: DownloadRequest,
	settings: TransferSettings,
): Promise<DownloadResult> {
	const plan = planDownload(request);
	const key = JSON.stringify([plan.target, plan.sha256]);
	return await shareDownload(underWay, key, request, async (signal, onProgress) => {
		const context = contextFor(request, settings, signal, onProgress);
		return (await fromCache(plan, plan.sha256, context)) ?? (await fetchAndInstall(plan, context));
	});
}

function contextFor(
	{ environment = {}, unsafelyAllowHttp = false, logger = silentLogger }: DownloadRequest,
	settings: TransferSettings,
	signal: AbortSignal,
	onProgress: (progress: DownloadProgress) => void,
): TransferContext {
	const meter = progressMeter(onProgress);
	return { ...settings, environment, unsafelyAllowHttp, logger, signal, meter };
}

async function fetchAndInstall(plan: DownloadPlan, context: TransferContext): Promise<DownloadResult> {
	await using client = await openHttpClient(context);
	const sha256 = plan.sha256 ?? (await fetchDigest(plan, { client, context }));
	const known = await fromCache(plan, sha256, context);
	if (known !== undefined) return known;
	return await underDownloadLock(plan, sha256, context, async () => {
		// Whoever had the lock before has probably fetched the same.
		const meanwhile = await fromCache(plan, sha256, context, { setsAside: true });
		if (meanwhile !== undefined) return meanwhile;
		const partial = await openPartial(plan.partialFolder, sha256);
		try {
			const sink = await openSink(partial, context.signal);
			const url = await fetchFile({ ...plan, sha256 }, sink, {
				client,
				context,
				maximumBytes: MAXIMUM_BYTES,
				expects: "binary",
				requireRoom: (bytes) => requireSpace(plan.partialFolder, bytes),
			});
			context.meter.phase("installing");
			const sizeBytes = sink.sizeBytes;
			const engineVersion = plan.isMoving ? null : plan.version;
			await install(partial, { target: plan.target, sha256, url, engineVersion });
			context.logger.info({ path: plan.target, sha256, url }, "downloaded engine binary");
			return { path: plan.target, sha256, sizeBytes, source: "download" };
		} catch (error) {
			await partial.release();
			throw error;
		}
	});
}

/** Lets one process fetch a digest, and shows the others how it is getting on. */
async function underDownloadLock(
	{ partialFolder, artifact }: DownloadPlan,
	sha256: string,
	context: TransferContext,
	task: () => Promise<DownloadResult>,
): Promise<DownloadResult> {
	const { limits, logger, meter, signal } = context;
	using other = watchOther(
		() => partialSize(partialFolder, sha256),
		(bytes) => meter.waiting(bytes),
	);
	const run = async (lock: LockState): Promise<DownloadResult> => {
		other.end();
		if (lock.kind === "unavailable") tellUnlocked(logger, partialFolder, lock.reason);
		return await task();
	};
	return await withLock(`${partialFolder}/${sha256}.lock`, run, {
		purpose: `downloading ${artifact}`,
		timeoutMs: limits.lockMs,
		progress: other.seen,
		onWait: ({ identity }) => {
			logger.info({ pid: identity?.pid, artifact }, "waiting for the download of another process");
			other.begin();
		},
		logger,
		signal,
	});
}

function tellUnlocked(logger: Logger, folder: string, reason: string): void {
	logger.warn({ path: folder, reason }, "downloading without the lock, which could not be had");
}
