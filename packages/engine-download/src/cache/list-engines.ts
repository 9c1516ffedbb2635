import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isVersionName } from "@rivetkit/engine-core";
import { checkReceipt, type EngineReceipt } from "@rivetkit/engine-core/receipt";
import { compareNewestFirst } from "@rivetkit/engine-core/version";
import { abortSignal, filePath, optional } from "../options/option-checks.ts";
import { requireOption, requireOptions } from "../options/require-options.ts";
import { isReleaseFile } from "../places/release-file.ts";

/** A release file in the cache. */
export interface CachedEngine {
	/** A release such as `2.3.19`, a commit's short sha, or `latest`. */
	readonly version: string;
	/** The name of the file. */
	readonly artifact: string;
	readonly path: string;
	readonly sizeBytes: number;
	/**
	 * `altered`: the file has changed since this library installed it. `unverified`: it has no usable receipt, for example
	 * because another tool wrote it, or it could not be read.
	 */
	readonly state: "verified" | "altered" | "unverified";
	/** The SHA-256 of a `verified` file, in lower case; else undefined. */
	readonly sha256: string | undefined;
	/** The time of the installation in ISO 8601. For a file that is not `verified`: the time of its last change. */
	readonly installedAt: string;
	/**
	 * The time of the last use in ISO 8601, exact to a day only, since many file systems update it once a day. Undefined if
	 * the file was not used after it was written, or if the disk does not record the time.
	 */
	readonly lastUsedAt: string | undefined;
}

/** Options of {@link listEngines}. */
export interface ListOptions {
	/** The signal that ends the call early. */
	readonly signal?: AbortSignal | undefined;
}

/** The codes that {@link listEngines} throws. */
export type ListErrorCode = "invalid_option";

/**
 * Lists the release files in the cache of a storage root, newest version first. If a file's modification time differs
 * from its receipt (a restored CI cache does this), the file is hashed and its receipt is updated, so that the next call
 * is fast.
 *
 * @param storageRoot - The `.rivetkit` folder. If it does not exist, the list is empty.
 * @throws EngineError `invalid_option`; the system's own error if a folder cannot be read; the signal's reason if aborted.
 */
export async function listEngines(
	storageRoot: string,
	options: ListOptions = {},
): Promise<readonly CachedEngine[]> {
	requireOption("storageRoot", storageRoot, filePath);
	requireOptions<ListOptions>(options, { signal: optional(abortSignal) });
	const { signal } = options;
	const cache = path.join(storageRoot, "engine");
	const engines: CachedEngine[] = [];
	for (const { name: version } of (await entriesOf(cache)).filter((entry) => entry.isDirectory())) {
		if (!isVersionName(version)) continue;
		const folder = path.join(cache, version);
		// Links are left out: the files behind them do not belong to the cache.
		for (const { name: artifact } of (await entriesOf(folder)).filter((entry) => entry.isFile())) {
			const engine = isReleaseFile(artifact)
				? await describeFile(folder, version, artifact, signal)
				: undefined;
			if (engine !== undefined) engines.push(engine);
		}
	}
	return engines.sort(
		(left, right) =>
			compareNewestFirst(left.version, right.version) ||
			compareTexts(right.installedAt, left.installedAt) ||
			compareTexts(left.path, right.path),
	);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
	return await readdir(folder, { withFileTypes: true }).catch(unlessMissing([]));
}

async function describeFile(
	folder: string,
	version: string,
	artifact: string,
	signal: AbortSignal | undefined,
): Promise<CachedEngine | undefined> {
	const file = path.join(folder, artifact);
	// Before the check, because the check may read the file, and that changes the time of the last use.
	const stats = await stat(file).catch(unlessMissing(undefined));
	if (stats === undefined) return undefined;
	const { state, receipt } = await stateOf(file, signal);
	return {
		version,
		artifact,
		path: file,
		sizeBytes: stats.size,
		state,
		sha256: receipt?.sha256,
		installedAt: receipt?.installedAt ?? stats.mtime.toISOString(),
		lastUsedAt: lastUse(stats),
	};
}

/** Returns the state of a file. A file that cannot be read is `unverified` and stays in the list. */
async function stateOf(
	file: string,
	signal: AbortSignal | undefined,
): Promise<{ readonly state: CachedEngine["state"]; readonly receipt?: EngineReceipt }> {
	const check = await checkReceipt(file, signal).catch(() => undefined);
	signal?.throwIfAborted();
	switch (check?.kind) {
		case "verified":
			return { state: "verified", receipt: check.receipt };
		case "altered":
			return { state: "altered" };
		case "absent":
		case "unverified":
		case undefined:
			return { state: "unverified" };
	}
}

function lastUse({ atime, mtime }: Stats): string | undefined {
	return atime > mtime ? atime.toISOString() : undefined;
}

function compareTexts(left: string, right: string): number {
	return left < right ? -1 : Number(left > right);
}

/** Makes an error handler that returns `fallback` if a file is missing: another process may have removed it. */
function unlessMissing<Value>(fallback: Value): (error: NodeJS.ErrnoException) => Value {
	return (error) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return fallback;
		throw error;
	};
}
