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

/** What is to stay in a cache. */
export interface PruneOptions {
	/** The `.rivetkit` folder. */
	readonly storageRoot: string;
	/** How many versions to keep, the newest ones; 0 for none. */
	readonly keep: number;
	/** Ends the call before the next file is looked at or removed. */
	readonly signal?: AbortSignal | undefined;
}

/** What became of the files in a cache. */
export interface PruneResult {
	/** Newest version first, as `kept`. */
	readonly removed: readonly CachedEngine[];
	/** Also those of older versions that another tool has put there, or that another program has open (Windows). */
	readonly kept: readonly CachedEngine[];
	/** The paths of downloads that nobody will finish. */
	readonly removedPartials: readonly string[];
	readonly freedBytes: number;
}

/** The codes that {@link pruneEngines} throws. */
export type PruneErrorCode = "invalid_option" | "no_space" | "path_occupied" | "read_only";

/**
 * Removes the release files of all but the newest versions from a cache, and downloads whose process is proven dead.
 * A file is removed only if it is what its receipt says: what another tool has put there stays, and counts as a
 * version. An engine that runs from a file goes on running.
 *
 * @throws EngineError `invalid_option` unless `keep` is a whole number from 0 on; `read_only` where a file cannot be
 * removed. The system's own error if a folder cannot be read; the signal's reason if aborted.
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
 * False if another program has the file open, which prevents that on Windows alone. Elsewhere the file lives on,
 * without its name, for the engines that run from it.
 */
async function removeEngine({ path: file }: CachedEngine): Promise<boolean> {
	try {
		// The binary first: a receipt alone counts for nothing, but a binary without one would never be removed.
		await rm(file, { force: true });
		await rm(receiptPath(file), { force: true });
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? "";
		if (process.platform === "win32" && ["EACCES", "EBUSY", "EPERM"].includes(code)) return false;
		throw storageError(error, file);
	}
	// Fails unless it is empty, and then it is still somebody's.
	await rmdir(path.dirname(file)).catch(() => {});
	return true;
}

/** Of whom nobody can tell whether he lives: he has not written for so long, in milliseconds, that he does not. */
const FORSAKEN_MS = 24 * 60 * 60 * 1000;

/** A record that is left without its file is removed as well, and a file that is left without its record. */
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
		const isForsaken = stats !== undefined && Date.now() - stats.mtimeMs > FORSAKEN_MS;
		if (!(await isAbandoned(partial, { ifUnknown: isForsaken }))) continue;
		try {
			// The record last, so that what is left by a crash is found again.
			await rm(partial, { force: true });
			await rm(partialRecordPath(partial), { force: true });
		} catch (error) {
			throw storageError(error, partial);
		}
		if (stats !== undefined) removed.push({ path: partial, sizeBytes: stats.size });
	}
	return removed;
}

/** Of a record whose writer was killed before it could put it in its place. */
async function removeDraft(file: string): Promise<void> {
	const stats = await stat(file).catch(() => undefined);
	const isForsaken = stats !== undefined && Date.now() - stats.mtimeMs > FORSAKEN_MS;
	if (await isRecordAbandoned(file, { ifUnknown: isForsaken }))
		await rm(file, { force: true }).catch(() => {});
}
