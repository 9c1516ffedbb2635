import { mkdtemp, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** An empty folder that disposing removes with all that is in it. */
export interface TemporaryFolder extends AsyncDisposable {
	/** The absolute path, with links resolved. It contains a blank, which a command line or URL must quote. */
	readonly path: string;
}

/** A temporary folder in which a storage root may be made. */
export interface TemporaryStorageRoot extends TemporaryFolder {
	/** `<path>/.rivetkit`, which does not exist yet. */
	readonly storageRoot: string;
}

/** Makes an empty folder. The caller disposes of it. */
export async function temporaryFolder(prefix = "rivet"): Promise<TemporaryFolder> {
	const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), `${prefix} test-`)));
	return {
		path: folder,
		async [Symbol.asyncDispose]() {
			// A process that is just ending may still write a file while its folder is being removed.
			await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
		},
	};
}

/** Makes a {@link temporaryFolder} for a storage root, which does not exist yet. The caller disposes of the folder. */
export async function temporaryStorageRoot(): Promise<TemporaryStorageRoot> {
	const folder = await temporaryFolder("rivet storage");
	return { ...folder, storageRoot: path.join(folder.path, ".rivetkit") };
}
