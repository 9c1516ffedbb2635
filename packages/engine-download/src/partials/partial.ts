import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { createFolder, storageError, writeWhole } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { isAbandoned, type PartialRecord, partialRecordPath } from "./abandoned-partial.ts";

/** The file of a running download. No other download writes to the file. */
export interface OpenPartial {
	readonly path: string;
	readonly handle: FileHandle;
	/**
	 * Gives the file up, so that the next download, in this or another process, can continue it. Never rejects: the error
	 * that ended the download is more important.
	 */
	release(): Promise<void>;
	/** Removes the record after the file itself was moved to its target. */
	removeRecord(): Promise<void>;
}

/**
 * Opens a partial for a digest: an abandoned partial if there is one, else a new one. A partial is adopted by renaming
 * it, so only one process can adopt it.
 *
 * @param folder - The folder of partials, created if missing.
 * @throws EngineError `no_space`, `read_only`, `path_occupied`.
 */
export async function openPartial(folder: string, digest: string): Promise<OpenPartial> {
	await createFolder(folder);
	const file = path.join(folder, `${digest}.${crypto.randomUUID()}.part`);
	try {
		// The record is written first: without a record, nobody could check the owner of the partial.
		await writeRecord(file, (await identifyProcess(process.pid)) ?? null);
		const isAdopted = await adoptInto(file, folder, digest);
		return openPartialAt(
			file,
			(isAdopted ? await openAdopted(file) : undefined) ?? (await open(file, "wx+")),
		);
	} catch (error) {
		await rm(partialRecordPath(file), { force: true }).catch(() => {});
		throw storageError(error, file);
	}
}

/**
 * Returns the size of the partial for a digest that any process wrote to last; undefined if there is none. Older
 * partials may belong to processes that cannot be checked.
 */
export async function partialSize(folder: string, digest: string): Promise<number | undefined> {
	const names = await readdir(folder).catch(() => []);
	const all = await Promise.all(
		names
			.filter((name) => name.startsWith(`${digest}.`) && name.endsWith(".part"))
			.map((name) => stat(path.join(folder, name)).catch(() => undefined)),
	);
	const present = all.filter((stats) => stats !== undefined);
	return present.toSorted((left, right) => right.mtimeMs - left.mtimeMs)[0]?.size;
}

/**
 * Opens an adopted partial. If that fails, the partial is removed: another user's file can be renamed and removed, but
 * perhaps not read.
 */
async function openAdopted(file: string): Promise<FileHandle | undefined> {
	try {
		return await open(file, "r+");
	} catch {
		await rm(file, { force: true });
		return undefined;
	}
}

/**
 * Renames the largest abandoned partial to a new name, and removes all other abandoned partials, which are not needed.
 *
 * @returns False if there was no partial to adopt.
 */
async function adoptInto(file: string, folder: string, digest: string): Promise<boolean> {
	let isAdopted = false;
	for (const abandoned of await abandonedPartials(folder, digest)) {
		isAdopted ||= await rename(abandoned, file).then(
			() => true,
			() => false,
		);
		await removePartial(abandoned).catch(() => {});
	}
	return isAdopted;
}

/** Lists the abandoned partials, largest first. A partial whose file is gone but whose record is there is listed, too. */
async function abandonedPartials(folder: string, digest: string): Promise<readonly string[]> {
	const found: { readonly partial: string; readonly size: number }[] = [];
	for (const name of await readdir(folder)) {
		if (!name.startsWith(`${digest}.`) || !name.endsWith(partialRecordPath(".part"))) continue;
		const partial = path.join(folder, name.slice(0, -partialRecordPath("").length));
		if (!(await isAbandoned(partial))) continue;
		const { size } = await stat(partial).catch(() => ({ size: 0 }));
		found.push({ partial, size });
	}
	return found.sort((left, right) => right.size - left.size).map(({ partial }) => partial);
}

/** Removes a partial, then its record: after a crash, the next call finds the partial through the record. */
async function removePartial(file: string): Promise<void> {
	await rm(file, { force: true });
	await rm(partialRecordPath(file), { force: true });
}

async function writeRecord(partial: string, owner: ProcessIdentity | null): Promise<void> {
	const record: PartialRecord = { format: 1, owner };
	await writeWhole(partialRecordPath(partial), `${JSON.stringify(record)}\n`, 0o644);
}

function openPartialAt(file: string, handle: FileHandle): OpenPartial {
	return {
		path: file,
		handle,
		release: async () => {
			await handle.close().catch(() => {});
			// By path: the handle may be closed already, because the file had to be moved.
			const { size } = await stat(file).catch(() => ({ size: 0 }));
			// If the record cannot be rewritten, the partial would belong to this process until it ends, so it is removed.
			const isGivenUp =
				size > 0 &&
				(await writeRecord(file, null).then(
					() => true,
					() => false,
				));
			if (!isGivenUp) await removePartial(file).catch(() => {});
		},
		removeRecord: async () => {
			await rm(partialRecordPath(file), { force: true });
		},
	};
}
