import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { createFolder, storageError, writeWhole } from "@rivetkit/engine-core";
import { identifyProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { isAbandoned, type PartialRecord, partialRecordPath } from "./abandoned-partial.ts";

/** The beginning of a file that is being downloaded, and nobody else's. */
export interface OpenPartial {
	readonly path: string;
	readonly handle: FileHandle;
	/** Leaves what there is to whoever comes next, in this process or another. Never rejects: the failure that led to it is worth more. */
	release(): Promise<void>;
	/** Removes its record, when the file itself has found its place. */
	settle(): Promise<void>;
}

/**
 * Opens a partial for a digest: one that another download has left behind, else a new one. It is taken by
 * renaming it, which only one can do, and only if its owner has given it up or is proven dead.
 *
 * @param folder - Where partials are, created if missing.
 * @throws EngineError `no_space`, `path_occupied`, `read_only`.
 */
export async function openPartial(folder: string, digest: string): Promise<OpenPartial> {
	await createFolder(folder);
	const file = path.join(folder, `${digest}.${crypto.randomUUID()}.part`);
	try {
		// The record comes first: a partial without one could not be proven to be anybody's.
		await writeRecord(file, (await identifyProcess(process.pid)) ?? null);
		const isAdopted = await adoptInto(file, folder, digest);
		return opened(file, (isAdopted ? await openAdopted(file) : undefined) ?? (await open(file, "wx+")));
	} catch (error) {
		await rm(partialRecordPath(file), { force: true }).catch(() => {});
		throw storageError(error, file);
	}
}

/**
 * How many bytes the partial for a digest has that was written last, whoever writes it: others may have been left by
 * processes that nobody can judge. Undefined if there is none.
 */
export async function partialSize(folder: string, digest: string): Promise<number | undefined> {
	const names = await readdir(folder).catch(() => []);
	const all = await Promise.all(
		names
			.filter((name) => name.startsWith(`${digest}.`) && name.endsWith(".part"))
			.map((name) => stat(path.join(folder, name)).catch(() => undefined)),
	);
	const present = all.filter((one) => one !== undefined);
	return present.toSorted((left, right) => right.mtimeMs - left.mtimeMs)[0]?.size;
}

/** What another user has left can be removed by whoever may write to its folder, but perhaps not read. */
async function openAdopted(file: string): Promise<FileHandle | undefined> {
	try {
		return await open(file, "r+");
	} catch {
		await rm(file, { force: true });
		return undefined;
	}
}

/** False if nobody has left anything behind. What is left beside that, nobody would ever go on with. */
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

/** Largest first; also those of which no more than the record is left. */
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

/** The record last, so that what is left by a crash is found again. */
async function removePartial(file: string): Promise<void> {
	await rm(file, { force: true });
	await rm(partialRecordPath(file), { force: true });
}

async function writeRecord(partial: string, owner: ProcessIdentity | null): Promise<void> {
	const record: PartialRecord = { format: 1, owner };
	await writeWhole(partialRecordPath(partial), `${JSON.stringify(record)}\n`, 0o644);
}

const yesOrNo = [() => true, () => false] as const;

function opened(file: string, handle: FileHandle): OpenPartial {
	return {
		path: file,
		handle,
		release: async () => {
			await handle.close().catch(() => {});
			// Not of the handle: it may have been closed before, to give the file its place.
			const { size } = await stat(file).catch(() => ({ size: 0 }));
			// Where not even the record can be written, nobody could go on with it while this process lives.
			const isGivenUp = size > 0 && (await writeRecord(file, null).then(...yesOrNo));
			if (!isGivenUp) await removePartial(file).catch(() => {});
		},
		settle: async () => {
			await rm(partialRecordPath(file), { force: true });
		},
	};
}
