import type { Stats } from "node:fs";
import { chmod, open, stat } from "node:fs/promises";
import { EngineError } from "@rivetkit/engine-core";
import { checkReceipt, hashOpenFile, writeReceipt } from "@rivetkit/engine-core/receipt";
import type { DownloadPlan } from "../download-plan.ts";
import type { DownloadResult } from "../download-request.ts";
import type { TransferContext } from "../transfer-context.ts";
import { setAside } from "./set-aside.ts";

/** The file, if any, that is already at the target of a download. */
export interface CachedFile {
	/**
	 * Returns the file if it is the wanted file. A file without a receipt (rivetkit writes none) is adopted if its digest
	 * is the wanted digest: it gets a receipt.
	 *
	 * @param sha256 - The wanted digest; undefined while it is not known. A verified file is returned even then.
	 * @param options - `setsAside`: true to move a file aside that we installed and that has changed since then. Only the
	 * holder of the lock may do that: another process could move a file that the holder has just installed.
	 * @throws EngineError `path_occupied` if a folder is in the place of the file; the signal's reason if aborted.
	 */
	find(
		sha256: string | undefined,
		options?: { readonly setsAside?: boolean },
	): Promise<DownloadResult | undefined>;
}

/** Makes the check of one download's target. A file with the wrong digest is hashed again only after it has changed. */
export function cachedFile(plan: DownloadPlan, context: TransferContext): CachedFile {
	const { target, isAmbiguous } = plan;
	const { logger, signal } = context;
	let isKnownWrong = (_: Stats): boolean => false;
	return {
		find: async (sha256, { setsAside = false } = {}) => {
			const stats = await stat(target).catch(() => undefined);
			if (stats?.isDirectory() === true) throw folderInTheWayError(target);
			if (stats === undefined || (isAmbiguous && sha256 === undefined)) return undefined;
			const check = await checkReceipt(target, signal);
			switch (check.kind) {
				case "absent":
					return undefined;
				case "verified": {
					const { receipt } = check;
					if (sha256 !== undefined && receipt.sha256 !== sha256) {
						logger.info(
							{ path: target, sha256: receipt.sha256 },
							"the installed engine binary is not the wanted one",
						);
						return undefined;
					}
					await makeExecutable(target, stats);
					return { path: target, sha256: receipt.sha256, sizeBytes: receipt.sizeBytes, source: "cache" };
				}
				case "altered": {
					if (!setsAside) return undefined;
					const aside = await setAside(target);
					logger.warn(
						{ path: target, reason: check.reason, moved_to: aside },
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
			"an engine binary from another tool differs from the release, and will be replaced",
		);
		return undefined;
	}
	// The URL stays empty: we do not know where the other tool got the file from.
	await writeReceipt(target, { sha256, url: "", engineVersion: null }, found.stats).catch(() => {});
	await makeExecutable(target, found.stats);
	return { path: target, sha256, sizeBytes: found.stats.size, source: "cache" };
}

/** Hashes a file. Undefined if the file changed in the meantime, for example because another tool still writes it. */
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

/** Makes a file executable. rivetkit does that last, and may have been killed before; some archives lose the mode. */
async function makeExecutable(file: string, { mode }: Stats): Promise<void> {
	if (process.platform !== "win32" && (mode & 0o111) === 0) await chmod(file, 0o755).catch(() => {});
}

function isSameContent(left: Stats, right: Stats): boolean {
	return left.ino === right.ino && left.size === right.size && left.mtimeMs === right.mtimeMs;
}

function folderInTheWayError(target: string): EngineError<"path_occupied"> {
	return new EngineError("path_occupied", `'${target}' is a folder, but a file has to be put there.`, {
		metadata: { path: target, hint: "Move the folder away, or choose another place for the file." },
	});
}
