import { access, rename } from "node:fs/promises";
import { EngineError, pause } from "@rivetkit/engine-core";

/** The time in milliseconds to wait on Windows for a virus scanner or a running engine to close the file. */
const TIMEOUT_MS = 30_000;
const RETRY_GAP_MS = 250;

/**
 * Renames `source` to `target`, even if `target` exists. Only Windows refuses that while a program has `target` open;
 * there, the rename is tried again for 30 s.
 *
 * @throws EngineError `file_in_use`; the system's own error.
 */
export async function replaceFile(source: string, target: string): Promise<void> {
	const deadline = performance.now() + TIMEOUT_MS;
	for (;;) {
		try {
			return await rename(source, target);
		} catch (error) {
			const code = (error as NodeJS.ErrnoException).code ?? "";
			const isBlocked = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code);
			if (!isBlocked || !(await exists(target))) throw error;
			if (performance.now() >= deadline) throw fileInUseError(source, target, error);
		}
		await pause(RETRY_GAP_MS);
	}
}

async function exists(file: string): Promise<boolean> {
	return await access(file).then(
		() => true,
		() => false,
	);
}

function fileInUseError(source: string, target: string, cause: unknown): EngineError<"file_in_use"> {
	return new EngineError(
		"file_in_use",
		`'${target}' is in use by another program and could not be replaced.`,
		{
			metadata: {
				path: target,
				verified: source,
				hint: "Stop the engine that runs from it, or let the virus scanner finish, and try again; the file is not downloaded again.",
			},
			cause,
		},
	);
}
