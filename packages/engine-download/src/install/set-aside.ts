import { rename, rm } from "node:fs/promises";
import { storageError } from "@rivetkit/engine-core";
import { receiptPath } from "@rivetkit/engine-core/receipt";

const SUFFIX = ".altered";

/**
 * Moves an altered file aside, so that the user can examine it. Only the newest such file is kept. Does nothing if
 * another process has already moved the file.
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
