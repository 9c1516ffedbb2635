import { readdir, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { storageError } from "@rivetkit/engine-core";
import { removeFreeLock } from "@rivetkit/engine-core/lock";
import { receiptPath } from "@rivetkit/engine-core/receipt";
import { cacheLockName, PARTIAL_FOLDER } from "../download-plan.ts";
import { invalidOptionError } from "../options/invalid-option.ts";
import { abortSignal, filePath, number, optional } from "../options/option-checks.ts";
import { requireOptions } from "../options/require-options.ts";
import { isAbandoned, isRecordAbandoned, partialRecordPath } from "../partials/abandoned-partial.ts";
import { type CachedEngine, listEngines } from "./list-engines.ts";

/** The cache to prune, and the number of versions to keep. */
export interface PruneOptions {
	/** The `.rivetkit` folder. */
	readonly storageRoot: string;
	/** How many of the newest versions to keep; 0 to keep none. */
	readonly keep: number;
	/** Ends the call before the next file is examined or removed. */
	readonly signal?: AbortSignal | undefined;
}

/** The files that were removed from a cache, and the files that were kept. */
export interface PruneResult {
	/** The removed files, newest version first. */
	readonly removed: readonly CachedEngine[];
	/**
	 * The kept files, newest version first. Files of older versions among them were written or altered by another tool, or
	 * are open in another program (Windows).
	 */
	readonly kept: readonly CachedEngine[];
	/** The paths of the abandoned partial downloads that were removed. */
	readonly removedPartials: readonly string[];
	readonly freedBytes: number;
}

/** The codes that {@link pruneEngines} throws. */
export type PruneErrorCode = "invalid_option" | "no_space" | "path_occupied" | "read_only";

/**
 * Keeps the release files of the newest versions in a cache, and removes those of older versions. Also removes abandoned
 * partial downloads. A file is removed only if it matches its receipt. A file that another tool has written stays, and
 * its version counts towards `keep`. An engine that runs from a removed file keeps running.
 *
 * @throws EngineError `invalid_option` unless `keep` is a whole number from 0 on; `read_only` or `path_occupied` for a
 * file that cannot be removed; the system's own error if a folder cannot be read; the signal's reason if aborted.
 */
export async function pruneEngines(options: PruneOptions): Promise<PruneResult> {
	requireOptions<PruneOptions>(options, {
		storageRoot: filePath,
		keep: number,
		signal: optional(abortSignal),
	});
	const { storageRoot, keep, signal } = options;
	if (!Number.isSafeInteger(keep) || keep < 0) {
		throw invalidOptionError("keep", `must be a whole number from 0 on, not ${keep}`, {
			hint: "Give the number of versions that are to stay, such as 2.",
		});
	}
	const engines = await listEngines(storageRoot, { signal });
	const newest = [...new Set(engines.map(({ version }) => version))].slice(0, keep);
	const removed: CachedEngine[] = [];
	for (const engine of engines) {
		signal?.throwIfAborted();
		const isPrunable = !newest.includes(engine.version) && engine.state === "verified";
		if (isPrunable && (await removeEngine(engine))) removed.push(engine);
	}
	const partialFolder = path.join(storageRoot, "engine", PARTIAL_FOLDER);
	const partials = await removePartials(partialFolder);
	for (const { version, artifact } of removed) {
		await removeFreeLock(path.join(partialFolder, cacheLockName(version, artifact)));
	}
	return {
		removed,
		kept: engines.filter((engine) => !removed.includes(engine)),
		removedPartials: partials.map((partial) => partial.path),
		freedBytes: [...removed, ...partials].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
	};
}

/**
 * Removes a file and its receipt. Except on Windows, engines that run from the file can go on using it.
 *
 * @returns False if another program has the file open (Windows).
 */
async function removeEngine({ path: file }: CachedEngine): Promise<boolean> {
	try {
		// The binary goes first: a receipt alone does no harm, but a binary without a receipt would never be pruned.
		await rm(file, { force: true });
		await rm(receiptPath(file), { force: true });
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? "";
		if (process.platform === "win32" && ["EACCES", "EBUSY", "EPERM"].includes(code)) return false;
		throw storageError(error, file);
	}
	// `rmdir` fails for a folder with other files in it, so that folder stays.
	await rmdir(path.dirname(file)).catch(() => {});
	return true;
}

/** If an owner cannot be checked, it counts as dead after this time without a write, in milliseconds. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Removes abandoned partials. Also removes a record without its partial, and a stale partial without its record. */
async function removePartials(
	folder: string,
): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]> {
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
		throw error;
	});
	const removed = [];
	for (const name of names) {
		const [, partialName, draft] =
			/^([0-9a-f]{64}\.[^.]+\.part)(?:\.json(\.[0-9a-f-]{36}\.tmp)?)?$/.exec(name) ?? [];
		if (partialName === undefined) continue;
		if (draft !== undefined) {
			await removeDraft(path.join(folder, name));
			continue;
		}
		const partial = path.join(folder, partialName);
		const stats = await stat(partial).catch(() => undefined);
		const isStale = stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
		if (!(await isAbandoned(partial, { ifUnknown: isStale }))) continue;
		try {
			// The record is removed last: after a crash, the next call finds the rest through the record.
			await rm(partial, { force: true });
			await rm(partialRecordPath(partial), { force: true });
		} catch (error) {
			throw storageError(error, partial);
		}
		if (stats !== undefined) removed.push({ path: partial, sizeBytes: stats.size });
	}
	return removed;
}

/** Removes the draft of a record if its writer ended before it could rename the draft. */
async function removeDraft(file: string): Promise<void> {
	const stats = await stat(file).catch(() => undefined);
	const isStale = stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
	if (await isRecordAbandoned(file, { ifUnknown: isStale })) await rm(file, { force: true }).catch(() => {});
}
