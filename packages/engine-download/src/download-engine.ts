import { isEngineError, silentLogger } from "@rivetkit/engine-core";
import { type DownloadPlan, planDownload } from "./download-plan.ts";
import type { DownloadRequest, DownloadResult } from "./download-request.ts";
import { type CachedFile, cachedFile } from "./install/cached-file.ts";
import { diskError } from "./install/disk-error.ts";
import { install } from "./install/install.ts";
import { requireSpace } from "./install/require-space.ts";

import { openHttpClient } from "./network/http-client.ts";
import { NETWORK_VARIABLES } from "./network/network-variables.ts";
import { openPartial } from "./partials/partial.ts";
import { openSink, type Sink } from "./partials/sink.ts";
import { type DownloadProgress, progressMeter } from "./progress/progress-meter.ts";
import { type DownloadsUnderWay, shareDownload } from "./sharing/shared-download.ts";
import { underDownloadLock } from "./sharing/under-download-lock.ts";
import type { TransferOptions } from "./transfer/transfer-options.ts";
import { systemTransfer, type TransferContext, type TransferSettings } from "./transfer-context.ts";
import { fetchDigest } from "./verification/fetch-digest.ts";
import { fetchFile } from "./verification/fetch-file.ts";

/** The maximum size of a file: 1 GiB. An engine has 97 MB. */
const MAXIMUM_BYTES = 1024 * 1024 * 1024;

const underWay: DownloadsUnderWay<DownloadResult> = new Map();

/**
 * Fetches a release file, verifies it, and puts it at its final path. If a verified file is already there, nothing is
 * fetched. Calls for the same file share one download, in this process and across processes. An interrupted download is
 * continued.
 *
 * A new file appears at the final path only when it is complete and verified.
 *
 * @throws EngineError with a code of `EngineDownloadErrorCode`; the signal's reason if aborted.
 */
export async function downloadEngine(request: DownloadRequest): Promise<DownloadResult> {
	return await downloadEngineWith(request, systemTransfer);
}

/** Does the same as {@link downloadEngine}, with other limits and clocks. */
export async function downloadEngineWith(
	request: DownloadRequest,
	settings: TransferSettings,
): Promise<DownloadResult> {
	const plan = planDownload(request);
	const { platform = process.platform, arch = process.arch, logger = silentLogger } = request;
	if (platform === "win32" && arch === "arm64") {
		logger.warn(
			{ artifact: plan.artifact },
			"no engine is published for Windows on ARM; Windows can emulate the x64 engine, which is used instead",
		);
	}
	return await shareDownload(underWay, sharingKey(plan, request), request, async (signal, onProgress) => {
		const context = contextFor(request, settings, signal, onProgress);
		const ticking = setInterval(context.meter.tick, TICK_MS).unref();
		try {
			const cached = cachedFile(plan, context);
			return (await cached.find(plan.sha256)) ?? (await fetchAndInstall(plan, cached, context));
		} catch (error) {
			throw signal.aborted ? signal.reason : diskError(error, plan);
		} finally {
			clearInterval(ticking);
		}
	});
}

/**
 * Makes the key of a shared download. Calls share a download only if they have the same file, the same servers, and the
 * same environment variables for proxies and trust.
 */
function sharingKey({ target, sha256, places }: DownloadPlan, request: DownloadRequest): string {
	const { unsafelyAllowHttp = false, environment = {} } = request;
	const network = NETWORK_VARIABLES.map((name) => environment[name] ?? "");
	return JSON.stringify([target, sha256, places, unsafelyAllowHttp, network]);
}

/** The time between two reports of a transfer that stalls, in milliseconds. */
const TICK_MS = 1000;

function contextFor(
	{ environment = {}, unsafelyAllowHttp = false, logger = silentLogger }: DownloadRequest,
	settings: TransferSettings,
	signal: AbortSignal,
	onProgress: (progress: DownloadProgress) => void,
): TransferContext {
	const meter = progressMeter(onProgress);
	return { ...settings, environment, unsafelyAllowHttp, logger, signal, meter };
}

async function fetchAndInstall(
	plan: DownloadPlan,
	cached: CachedFile,
	context: TransferContext,
): Promise<DownloadResult> {
	await using client = await openHttpClient(context);
	const announcedDigest = async (): Promise<string> => await fetchDigest(plan, { client, context });
	const fetchUnderLock = async (sha256: string): Promise<DownloadResult> =>
		(await cached.find(sha256)) ??
		(await underDownloadLock({ plan, sha256, cached, context }, async () => {
			// The previous holder of the lock has probably fetched the same file.
			const meanwhile = await cached.find(sha256, { setsAside: true });
			return meanwhile ?? (await fetchInto(plan, sha256, { client, context }));
		}));
	const sha256 = plan.sha256 ?? (await announcedDigest());
	try {
		return await fetchUnderLock(sha256);
	} catch (error) {
		if (!plan.isMoving || plan.sha256 !== undefined || !isEngineError(error, "checksum_mismatch"))
			throw error;
		// A new release may have been published between the request for the manifest and the request for the file.
		const latest = await announcedDigest();
		if (latest === sha256) throw error;
		return await fetchUnderLock(latest);
	}
}

async function fetchInto(
	plan: DownloadPlan,
	sha256: string,
	{ client, context }: Pick<TransferOptions, "client" | "context">,
): Promise<DownloadResult> {
	const { target, partialFolder } = plan;
	const partial = await openPartial(partialFolder, sha256);
	let sink: Sink | undefined;
	try {
		sink = await openSink(partial, context.signal);
		const url = await fetchFile({ ...plan, sha256, isPinned: plan.sha256 !== undefined }, sink, {
			client,
			context,
			maximumBytes: MAXIMUM_BYTES,
			expects: "binary",
			requireRoom: (bytes) => requireSpace(partialFolder, bytes),
		});
		context.meter.phase("installing");
		const { sizeBytes } = sink;
		await install(partial, { target, sha256, url }, context.logger);
		context.logger.info({ path: target, sha256, url }, "downloaded engine binary");
		return { path: target, sha256, sizeBytes, source: "download" };
	} catch (error) {
		// The bytes received so far are kept for the next download.
		await sink?.flush().catch(() => {});
		await partial.release();
		throw error;
	}
}
