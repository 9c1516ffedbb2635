import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isVersionName } from "@rivetkit/engine-core";
import { checkReceipt, type EngineReceipt } from "@rivetkit/engine-core/receipt";
import { newestFirst } from "@rivetkit/engine-core/version";
import { abortSignal, filePath, optional } from "../options/option-checks.ts";
import { requireOption, requireOptions } from "../options/require-options.ts";
import { isReleaseFile } from "../places/release-file.ts";

/** A release file in the cache. */
export interface CachedEngine {
	/** A release such as `2.3.19`, a commit's short sha, or `latest`. */
	readonly version: string;
	/** The file's name. */
	readonly artifact: string;
	readonly path: string;
	readonly sizeBytes: number;
	/** `altered` if it has changed since we installed it; `unverified` if another tool has put it there. */
	readonly state: "verified" | "altered" | "unverified";
	/** The SHA-256 that it was verified with, in lower case; undefined unless it is `verified`. */
	readonly sha256: string | undefined;
	/** ISO 8601. Unless it is `verified`, when it was last written. */
	readonly installedAt: string;
	/**
	 * ISO 8601, exact to a day, as file systems keep it. Undefined if it was not used since it was written, or if the
	 * disk does not keep it.
	 */
	readonly lastUsedAt: string | undefined;
}

/** How a list is ended early. */
export interface ListOptions {
	readonly signal?: AbortSignal | undefined;
}

/** The codes that {@link listEngines} throws. */
export type ListErrorCode = "invalid_option";

/**
 * The release files in the cache of a storage root, newest version first. What has been moved since it was
 * installed, as by a CI cache, is hashed once.
 *
 * @param storageRoot - The `.rivetkit` folder. One that does not exist has none.
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
	for (const { name: version } of (await entries(cache)).filter((entry) => entry.isDirectory())) {
		if (!isVersionName(version)) continue;
		const folder = path.join(cache, version);
		// Links are passed over: what they lead to is not the cache's.
		for (const { name: artifact } of (await entries(folder)).filter((entry) => entry.isFile())) {
			const engine = isReleaseFile(artifact) ? await describe(folder, version, artifact, signal) : undefined;
			if (engine !== undefined) engines.push(engine);
		}
	}
	return engines.sort(
		(left, right) =>
			newestFirst(left.version, right.version) ||
			compareTexts(right.installedAt, left.installedAt) ||
			compareTexts(left.path, right.path),
	);
}

async function entries(folder: string): Promise<readonly Dirent[]> {
	return await readdir(folder, { withFileTypes: true }).catch(unlessMissing([]));
}

async function describe(
	folder: string,
	version: string,
	artifact: string,
	signal: AbortSignal | undefined,
): Promise<CachedEngine | undefined> {
	const file = path.join(folder, artifact);
	// Before the check, which may read the file and so count as a use.
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

/** A file that may not be read is not verified, and is in the cache all the same. */
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

/** Other processes come and go. */
function unlessMissing<Value>(instead: Value): (error: NodeJS.ErrnoException) => Value {
	return (error) => {
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return instead;
		throw error;
	};
}
