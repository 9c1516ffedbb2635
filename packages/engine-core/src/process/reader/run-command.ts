import { dirname } from "node:path";

/** Runs a program and resolves with what it wrote to stdout, or null if it could not tell. Never rejects. */
export type RunCommand = (
	file: string,
	args: readonly string[],
	options?: RunCommandOptions,
) => Promise<string | null>;

/** How to run a program. */
export interface RunCommandOptions {
	/** All the variables it gets. @defaultValue those of this process */
	readonly environment?: Readonly<Record<string, string>>;
	/** After this time it is killed. @defaultValue 5000 */
	readonly timeoutMs?: number;
}

/**
 * Runs a program that says something about the machine. One that is missing, fails, takes too long or
 * floods stdout gives null.
 */
export async function runCommand(
	file: string,
	args: readonly string[],
	{ environment, timeoutMs = 5000 }: RunCommandOptions = {},
): Promise<string | null> {
	try {
		// Loaded only here, as who identifies a process on Linux never runs one.
		const { execFile } = await import("node:child_process");
		return await new Promise((resolve) => {
			const child = execFile(
				file,
				args,
				{
					// Windows looks for a bare name in this folder before PATH. Here lies nothing but Node, whom we
					// trust already; in the folder of a project there may be anything.
					cwd: dirname(process.execPath),
					encoding: "utf8",
					env: environment,
					killSignal: "SIGKILL",
					timeout: timeoutMs,
					windowsHide: true,
				},
				(error, stdout) => resolve(error === null ? stdout : null),
			);
			// Nobody writes to it, and a program that reads it would wait.
			child.stdin?.on("error", () => {}).end();
		});
	} catch {
		return null;
	}
}
