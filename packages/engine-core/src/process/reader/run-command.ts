import { dirname } from "node:path";

/** Runs a program and resolves with its output, or with null if the program fails. Never rejects. */
export type RunCommand = (
	file: string,
	args: readonly string[],
	options?: RunCommandOptions,
) => Promise<string | null>;

/** How to run a program. */
export interface RunCommandOptions {
	/** The program's variables. @defaultValue those of this process */
	readonly environment?: Readonly<Record<string, string>>;
	/** The time after which the program is killed, in milliseconds. @defaultValue 5000 */
	readonly timeoutMs?: number;
}

/**
 * Runs a program that tells something about the machine. The result is null if the program is missing, fails, takes too
 * long or floods stdout.
 */
export async function runCommand(
	file: string,
	args: readonly string[],
	{ environment, timeoutMs = 5000 }: RunCommandOptions = {},
): Promise<string | null> {
	try {
		// Loaded here, since no program is run to identify a process on Linux.
		const { execFile } = await import("node:child_process");
		return await new Promise((resolve) => {
			const child = execFile(
				file,
				args,
				{
					// Windows looks for a bare name in this folder before PATH. The folder of Node can be trusted, unlike the
					// folder of a project.
					cwd: dirname(process.execPath),
					encoding: "utf8",
					env: environment,
					killSignal: "SIGKILL",
					timeout: timeoutMs,
					windowsHide: true,
				},
				(error, stdout) => resolve(error === null ? stdout : null),
			);
			// Nothing is written to stdin, so a program that reads it must not wait.
			child.stdin?.on("error", () => {}).end();
		});
	} catch {
		return null;
	}
}
