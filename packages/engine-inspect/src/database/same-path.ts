import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { requirePaths } from "../require-arguments.ts";

/**
 * Returns true if two paths lead to the same file or folder, also through links and mounts. For a path that does not
 * exist, the nearest folder above it that exists is compared.
 *
 * @throws EngineError `invalid_option`.
 */
export async function samePath(left: string, right: string): Promise<boolean> {
	requirePaths({ left, right });
	if (left === right) return true;
	const [one, other] = await Promise.all([anchorOf(left), anchorOf(right)]);
	return one.rest === other.rest && (one.real === other.real || (await isSameFile(one.real, other.real)));
}

interface Anchor {
	readonly real: string;
	/** The part of the path that does not exist, below it. */
	readonly rest: string;
}

async function anchorOf(wanted: string, rest = ""): Promise<Anchor> {
	const real = await realpath(wanted).catch(() => undefined);
	const parent = path.dirname(wanted);
	if (real !== undefined || parent === wanted) return { real: real ?? wanted, rest };
	return await anchorOf(parent, path.join(path.basename(wanted), rest));
}

/** Compares the files themselves, since a folder that is mounted at two places has two real paths. */
async function isSameFile(left: string, right: string): Promise<boolean> {
	const [one, other] = await Promise.all(
		[left, right].map((file) => stat(file, { bigint: true }).catch(() => undefined)),
	);
	// Some file systems give every file the number 0.
	return one !== undefined && one.ino !== 0n && one.ino === other?.ino && one.dev === other.dev;
}
