import { readdir, unlink } from "node:fs/promises";
import path from "node:path";
import { type EngineLogs, requireKnownOptions } from "@rivetkit/engine-core";

/** The number of log pairs that an instance keeps. */
export const KEPT_LOG_PAIRS = 10;

/** The names of our log files: rivetkit's are `engine-<seconds>-stdout.log`, without the host's pid and the nonce. */
const OUR_LOG = /^(engine-(\d+)-\d+-[0-9a-f]{8})-(?:stdout|stderr)\.log$/;

/** How to remove logs. */
export interface PruneLogOptions {
	/** The number of newest pairs to keep. @defaultValue 10 */
	readonly kept?: number;
	/** The logs of a living engine, which stay even if they are old. */
	readonly inUse?: EngineLogs | undefined;
	/** True to only list the files that would be removed. @defaultValue false */
	readonly dryRun?: boolean | undefined;
}

/**
 * Removes all but the newest pairs of our log files. Leaves other files alone.
 *
 * @returns The names of the removed files.
 */
export async function pruneLogFiles(
	folder: string,
	options: PruneLogOptions = {},
): Promise<readonly string[]> {
	requireKnownOptions(options, KNOWN);
	const { kept = KEPT_LOG_PAIRS, inUse, dryRun = false } = options;
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
	// Compared by name, which is unique: the record may contain another path of the folder, such as a link's.
	const namesInUse = Object.values(inUse ?? {}).map((file) => path.basename(file));
	const isInUse = (name: string): boolean => namesInUse.includes(name);
	const surplus = surplusLogs(names, kept).filter((name) => !isInUse(name));
	if (dryRun) return surplus;
	await Promise.all(surplus.map((name) => unlink(path.join(folder, name)).catch(() => {})));
	return surplus;
}

const KNOWN: Readonly<Record<keyof PruneLogOptions, true>> = { kept: true, inUse: true, dryRun: true };

/** Picks the files in a log folder to remove when `kept` pairs stay. Pure. */
export function surplusLogs(names: readonly string[], kept: number): readonly string[] {
	const ours = names.flatMap((name) => {
		const match = OUR_LOG.exec(name);
		return match === null ? [] : [{ name, stem: match[1] ?? "", seconds: Number(match[2]) }];
	});
	const stems = new Map(ours.map(({ stem, seconds }) => [stem, seconds]));
	const newestFirst = [...stems].sort(([, left], [, right]) => right - left).map(([stem]) => stem);
	const keptStems = new Set(newestFirst.slice(0, kept));
	return ours.filter(({ stem }) => !keptStems.has(stem)).map(({ name }) => name);
}
