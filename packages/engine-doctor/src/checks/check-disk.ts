import { constants } from "node:fs";
import { access, rm, stat, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { EngineError, isEngineError, storageError } from "@rivetkit/engine-core";
import { SCARCE_BYTES } from "@rivetkit/engine-lifecycle";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks whether the folders that a start needs can be written to, and how much space is free. Creates a small file in
 * each folder, or in the nearest existing folder above, and removes it at once. Writes nothing into a database.
 */
export async function checkDisk(observations: Observations): Promise<readonly AreaFinding[]> {
	const { configuration, endpointState, sources } = observations;
	if (endpointState === "remote") return [ok("None is needed here.")];
	const { layout, storageRoot } = configuration.target;
	const needsCache = sources.outcome.kind === "download";
	const cache = path.join(storageRoot, "engine");
	const wanted = [layout.folder, layout.databasePath, layout.logsFolder, ...(needsCache ? [cache] : [])];
	const places = await Promise.all(wanted.map(nearestExisting));
	const level = spawnLevel(observations);
	const flaws = await Promise.all(
		[...new Set(places)].map(async (place) => {
			const error = await flawOf(place, place === layout.databasePath);
			return error === undefined ? [] : [asFinding(level, error)];
		}),
	);
	return [
		...flaws.flat(),
		...(await checkSpace(observations, {
			place: await nearestExisting(layout.databasePath),
			needsCache,
			isWritable: flaws.flat().length === 0,
		})),
	];
}

/** Returns the path itself if it exists, else the nearest existing folder above it. */
async function nearestExisting(wanted: string): Promise<string> {
	const isThere = await stat(wanted).then(
		() => true,
		(error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
	);
	const parent = path.dirname(wanted);
	return isThere || parent === wanted ? wanted : await nearestExisting(parent);
}

/** The content of the trial file. It is not empty, because an empty file may fit on a full disk. */
const TRIAL = " ".repeat(4096);

async function flawOf(folder: string, isDatabase: boolean): Promise<EngineError | undefined> {
	const trial = path.join(folder, `.rivet-enginectl-doctor-${crypto.randomUUID()}.tmp`);
	try {
		if (isDatabase) await access(folder, constants.W_OK);
		else await writeFile(trial, TRIAL, { flag: "wx" });
		return undefined;
	} catch (error) {
		const flaw = storageError(error, folder);
		if (isEngineError(flaw)) return flaw;
		return new EngineError("read_only", `'${folder}' cannot be written: ${(error as Error).message}.`, {
			metadata: {
				hint: "Check the folder and its disk, or choose another with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
			},
		});
	} finally {
		if (!isDatabase) await rm(trial, { force: true }).catch(() => {});
	}
}

/** The space that a download needs: an engine has 97 MB, and the download itself needs a little more. */
const DOWNLOAD_BYTES = 120_000_000;

/** If less space than this is free, the doctor warns, because a database in use soon needs it. */
const LITTLE_BYTES = 500_000_000;

async function checkSpace(
	observations: Observations,
	{
		place,
		needsCache,
		isWritable,
	}: { readonly place: string; readonly needsCache: boolean; readonly isWritable: boolean },
): Promise<readonly AreaFinding[]> {
	const root = observations.configuration.storageRoot.value;
	const disk = await statfs(place).catch(() => undefined);
	// Some file systems do not report their size.
	const freeBytes = disk === undefined || disk.blocks === 0 ? undefined : disk.bavail * disk.bsize;
	const writable = `'${root}' can be written`;
	if (freeBytes === undefined) {
		return isWritable ? [ok(`${writable}; the free space is unknown.`)] : [];
	}
	const free = `${Math.floor(freeBytes / 1e6)} MB are free`;
	const needed = needsCache ? DOWNLOAD_BYTES : SCARCE_BYTES;
	const cure = "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.";
	if (freeBytes < needed) {
		const what = needsCache ? "engine and database need more" : "a database needs more";
		return [{ level: spawnLevel(observations), message: `On the disk of '${root}' ${free}; ${what}.`, cure }];
	}
	if (freeBytes < LITTLE_BYTES) return [notice(`On the disk of '${root}' only ${free}.`, cure)];
	return [ok(isWritable ? `${writable}; ${free}.` : `On its disk ${free}.`)];
}
