import type { Stats } from "node:fs";
import { chmod, open, stat } from "node:fs/promises";
import { EngineError } from "@rivetkit/engine-core";
import { checkReceipt, hashOpenFile, writeReceipt } from "@rivetkit/engine-core/receipt";
import type { DownloadPlan } from "../download-plan.ts";
import type { DownloadResult } from "../download-request.ts";
import type { TransferContext } from "../transfer-context.ts";
import { setAside } from "./install.ts";

/** What is at the target of a download already. */
export interface CachedFile {
	/**
	 * The file, if it is what is wanted. One that has no receipt, as rivetkit's, is adopted if it has the wanted
	 * digest.
	 *
	 * @param sha256 - The wanted digest; undefined as long as it is not known, which verified files need not wait for.
	 * @param options - `setsAside`: whether a file of ours that has changed since is moved out of the way. For whoever
	 * has the lock: anybody else might move what the holder has put there a moment ago.
	 * @throws EngineError `path_occupied` where a folder is in the way; the signal's reason if aborted.
	 */
	find(
		sha256: string | undefined,
		options?: { readonly setsAside?: boolean },
	): Promise<DownloadResult | undefined>;
}

/** Looks after the target of one download. What was hashed in vain is not hashed again as long as it stays. */
export function cachedFile(plan: DownloadPlan, context: TransferContext): CachedFile {
	const { target, isAmbiguous } = plan;
	const { logger, signal } = context;
	let isKnownWrong = (_: Stats): boolean => false;
	return {
		find: async (sha256, { setsAside = false } = {}) => {
			const stats = await stat(target).catch(() => undefined);
			if (stats?.isDirectory() === true) throw folderInTheWay(target);
			if (stats === undefined || (isAmbiguous && sha256 === undefined)) return undefined;
			const check = await checkReceipt(target, signal);
			switch (check.kind) {
				case "absent":
					return undefined;
				case "verified": {
					const { receipt } = check;
					if (sha256 !== undefined && receipt.sha256 !== sha256) {
						logger.info({ path: target, sha256: receipt.sha256 }, "what is installed is not what is wanted");
						return undefined;
					}
					await makeExecutable(target, stats);
					return { path: target, sha256: receipt.sha256, sizeBytes: receipt.sizeBytes, source: "cache" };
				}
				case "altered": {
					if (!setsAside) return undefined;
					const place = await setAside(target);
					logger.warn(
						{ path: target, reason: check.reason, moved_to: place },
						"an engine binary has changed since it was installed",
					);
					return undefined;
				}
				case "unverified": {
					if (sha256 === undefined || isKnownWrong(stats)) return undefined;
					const adopted = await adopt(plan, sha256, context);
					if (adopted === undefined) isKnownWrong = (other) => isSameContent(stats, other);
					return adopted;
				}
			}
		},
	};
}

async function adopt(
	{ target }: DownloadPlan,
	sha256: string,
	{ logger, meter, signal }: TransferContext,
): Promise<DownloadResult | undefined> {
	meter.phase("verifying");
	const found = await hashUnchanged(target, signal).catch(() => undefined);
	signal.throwIfAborted();
	if (found?.sha256 !== sha256) {
		logger.warn(
			{ path: target, sha256: found?.sha256, expected: sha256 },
			"another tool's engine binary is not the release's, and will be replaced",
		);
		return undefined;
	}
	// Where it came from, its owner knows.
	await writeReceipt(target, { sha256, url: "", engineVersion: null }, found.stats).catch(() => {});
	await makeExecutable(target, found.stats);
	return { path: target, sha256, sizeBytes: found.stats.size, source: "cache" };
}

/** Undefined for a file that changes while it is hashed, as one that another tool still writes. */
async function hashUnchanged(
	file: string,
	signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly stats: Stats } | undefined> {
	const handle = await open(file);
	try {
		const stats = await handle.stat();
		const { sha256, sizeBytes } = await hashOpenFile(handle, signal);
		const after = await handle.stat();
		return sizeBytes === stats.size && isSameContent(stats, after) ? { sha256, stats } : undefined;
	} finally {
		await handle.close();
	}
}

/** rivetkit sets the mode last, and may have been killed before; archives lose it. */
async function makeExecutable(file: string, { mode }: Stats): Promise<void> {
	if (process.platform !== "win32" && (mode & 0o111) === 0) await chmod(file, 0o755).catch(() => {});
}

function isSameContent(one: Stats, other: Stats): boolean {
	return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

function folderInTheWay(target: string): EngineError<"path_occupied"> {
	return new EngineError("path_occupied", `'${target}' is a folder, where a file should go.`, {
		metadata: { path: target, hint: "Move the folder away, or choose another place for the file." },
	});
}
