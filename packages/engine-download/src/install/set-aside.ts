import { rename, rm } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { receiptPath } from "@rivetkit/engine-core/receipt";

const SUFFIX = ".altered";

/**
 * Moves a file aside that has changed since it was installed, so that its owner can examine it. Only one such file is
 * kept; a newer one replaces it. If another process has moved the file meanwhile, nothing is left to do.
 *
 * @returns The path of the file that was moved aside.
 */
export async function setAside(target: string): Promise<string> {
	const aside = target + SUFFIX;
	try {
		await rename(target, aside);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return aside;
		throw storageError(error, target);
	}
	await rm(receiptPath(target), { force: true });
	return aside;
}
