// What only a start needs is loaded when one is due. Reuse, the common case, is done before that would be.

/** Loads `@rivetkit/engine-core/lock`. */
export async function loadLock(): Promise<typeof import("@rivetkit/engine-core/lock")> {
	return await import("@rivetkit/engine-core/lock");
}

/** Loads `@rivetkit/engine-download`. */
export async function loadDownload(): Promise<typeof import("@rivetkit/engine-download")> {
	return await import("@rivetkit/engine-download");
}

/** Loads `@rivetkit/engine-resolver`. */
export async function loadResolver(): Promise<typeof import("@rivetkit/engine-resolver")> {
	return await import("@rivetkit/engine-resolver");
}

/** Loads `@rivetkit/engine-spawn`. */
export async function loadSpawn(): Promise<typeof import("@rivetkit/engine-spawn")> {
	return await import("@rivetkit/engine-spawn");
}
