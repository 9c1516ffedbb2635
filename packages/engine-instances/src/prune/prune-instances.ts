import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import path from "node:path";
import { type Check, count, flag } from "@rivetkit/engine-config";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { findInstances } from "../list/find-instances.ts";
import { type ListInstancesOptions, requireStorageRoot } from "../list/list-instances.ts";
import { type PrunePlan, planPrune } from "./plan-prune.ts";

/** How to remove leftovers. */
export interface PruneInstancesOptions extends ListInstancesOptions {
	/** The number of newest pairs of log files that each instance keeps. @defaultValue 10 */
	readonly keepLogs?: number | undefined;
	/** True to only list the files that would be removed. @defaultValue false */
	readonly dryRun?: boolean | undefined;
}

/** The files that were removed, or would be, and those that stay. */
export interface PruneInstancesResult {
	readonly dryRun: boolean;
	readonly removed: readonly {
		/** The instance's name; empty for the default instance. */
		readonly instance: string;
		readonly kind: "log" | "record" | "folder";
		readonly path: string;
		readonly sizeBytes: number;
	}[];
	/** Files that look left over but are still needed, and why. */
	readonly kept: readonly { readonly instance: string; readonly path: string; readonly reason: string }[];
	/** Files that could not be removed, and why. */
	readonly failed: readonly { readonly instance: string; readonly path: string; readonly reason: string }[];
	readonly freedBytes: number;
}

/**
 * Removes what engines have left in a storage root: our log files except the newest, and the records of engines that are
 * proven to have ended and have no database. Never removes a database, a file that rivetkit has written, or a log of an
 * engine that lives.
 *
 * @throws EngineError `invalid_option`; `read_only` for folders that cannot be read; `path_occupied` for a file
 * in the place of a folder; the signal's reason if aborted.
 */
export async function pruneInstances(options: PruneInstancesOptions): Promise<PruneInstancesResult> {
	const storageRoot = requireStorageRoot(options, OWN_CHECKS);
	const { keepLogs = 10, dryRun = false, signal } = options;
	const layouts = await findInstances(storageRoot);
	const results = await Promise.all(
		layouts.map(async (layout) => {
			const pruned = await pruneInstance(layout, { keepLogs, dryRun, signal });
			const named = { instance: layout.name };
			return {
				removed: pruned.removed.map((one) => ({ ...named, ...one })),
				kept: pruned.kept.map((one) => ({ ...named, ...one })),
				failed: pruned.failed.map((one) => ({ ...named, ...one })),
			};
		}),
	);
	const removed = results.flatMap((result) => result.removed);
	return {
		dryRun,
		removed,
		kept: results.flatMap((result) => result.kept),
		failed: results.flatMap((result) => result.failed),
		freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
	};
}

const OWN_CHECKS: Readonly<Record<Exclude<keyof PruneInstancesOptions, keyof ListInstancesOptions>, Check>> =
	{
		keepLogs: count,
		dryRun: flag,
	};

interface Pruned {
	readonly removed: Omit<PruneInstancesResult["removed"][number], "instance">[];
	readonly kept: Spared[];
	readonly failed: Spared[];
}

interface Spared {
	readonly path: string;
	readonly reason: string;
}

interface PruneRequest {
	readonly keepLogs: number;
	readonly dryRun: boolean;
	readonly signal: AbortSignal | undefined;
}

/** The time to wait for a start that holds the instance's lock, in milliseconds. */
const LOCK_TIMEOUT_MS = 100;

async function pruneInstance(layout: InstanceLayout, request: PruneRequest): Promise<Pruned> {
	const plan = await planPrune(layout, request);
	const isNothing = [...plan.logs, ...plan.records, ...plan.folders].length === 0;
	if (isNothing) return { removed: [], kept: [...plan.kept], failed: [] };
	const { inspectLock, removeFreeLock, withLock } = await import("@rivetkit/engine-core/lock");
	const lock = await inspectLock(layout.lockFolder);
	if (lock.kind === "held") return leaveToStart(layout);
	if (lock.kind === "unreadable") return withoutLock(layout, lock.reason);
	if (request.dryRun) return await forecast(layout, plan);
	// The lock prevents a start between the plan and the removal, so the plan is made again under it.
	const pruned = await withLock(
		layout.lockFolder,
		async (state) =>
			state.kind === "held"
				? await remove(await planPrune(layout, request))
				: withoutLock(layout, state.reason),
		{ purpose: "removing what is left over", timeoutMs: LOCK_TIMEOUT_MS, signal: request.signal },
	);
	if (plan.folders.length === 0 || !(await removeFreeLock(layout.lockFolder))) return pruned;
	return { ...pruned, removed: [...pruned.removed, ...(await removeEmpty(plan.folders))] };
}

function leaveToStart({ folder }: InstanceLayout): Pruned {
	return { removed: [], kept: [{ path: folder, reason: "an engine is being started there" }], failed: [] };
}

function withoutLock({ folder }: InstanceLayout, reason: string): Pruned {
	return { removed: [], kept: [], failed: [{ path: folder, reason: `its lock cannot be taken: ${reason}` }] };
}

async function remove({ logs, records, kept }: PrunePlan): Promise<Pruned> {
	const pruned: Pruned = { removed: [], kept: [...kept], failed: [] };
	for (const [kind, files] of [["log", logs] as const, ["record", records] as const]) {
		for (const file of files) {
			const sizeBytes = await sizeOf(file);
			try {
				await unlink(file);
				pruned.removed.push({ kind, path: file, sizeBytes });
			} catch (error) {
				const { code, message } = error as NodeJS.ErrnoException;
				if (code !== "ENOENT") pruned.failed.push({ path: file, reason: message });
			}
		}
	}
	return pruned;
}

/** Removes folders that are empty: `rmdir` refuses all others, so no file is lost. */
async function removeEmpty(folders: readonly string[]): Promise<Pruned["removed"]> {
	const gone: Pruned["removed"] = [];
	for (const folder of folders) {
		const isGone = await rmdir(folder).then(
			() => true,
			() => false,
		);
		if (isGone) gone.push({ kind: "folder", path: folder, sizeBytes: 0 });
	}
	return gone;
}

/** Returns what {@link remove} and {@link removeEmpty} would do. */
async function forecast(layout: InstanceLayout, plan: PrunePlan): Promise<Pruned> {
	const { logs, records, folders, kept } = plan;
	const going = new Set([...logs, ...records, layout.lockFolder]);
	const removed: Pruned["removed"] = [];
	for (const [kind, files] of [["log", logs] as const, ["record", records] as const]) {
		for (const file of files) removed.push({ kind, path: file, sizeBytes: await sizeOf(file) });
	}
	for (const folder of folders) {
		const names = await readdir(folder).catch(() => undefined);
		if (names?.every((name) => going.has(path.join(folder, name))) !== true) continue;
		going.add(folder);
		removed.push({ kind: "folder", path: folder, sizeBytes: 0 });
	}
	return { removed, kept: [...kept], failed: [] };
}

async function sizeOf(file: string): Promise<number> {
	return await lstat(file).then(
		({ size }) => size,
		() => 0,
	);
}
