import { dirname } from "node:path";

/** Runs a program and resolves with its output, or with null if the program fails. Never rejects. */
export type RunCommand = (
	file: string,
	args: readonly string[],
	options?: RunCommandOptions,
) => Promise<string | null>;

/** How to run a program. */
export interface RunCommandOptions {
	/** The program's environment variables. @defaultValue the environment variables of this process */
	readonly environment?: Readonly<Record<string, string>>;
	/** The time after which the program is killed, in milliseconds. @defaultValue 5000 */
	readonly timeoutMs?: number;
}

/**
 * Runs a program that prints facts about the machine. The result is null if the program is missing, fails, takes too
 * long or floods stdout.
 */
export async function runCommand(
	file: string,
	args: readonly string[],
	{ environment, timeoutMs = 5000 }: RunCommandOptions = {},
): Promise<string | null> {
	try {
		// Imported only when needed: on Linux, no program is run to identify a process.
		const { execFile } = await import("node:child_process");
		return await new Promise((resolve) => {
			const child = execFile(
				file,
				args,
				{
					// Windows looks for a bare name in this folder before PATH. Node's folder can be trusted, a project's
					// folder cannot.
					cwd: dirname(process.execPath),
					encoding: "utf8",
					env: environment,
					killSignal: "SIGKILL",
					timeout: timeoutMs,
					windowsHide: true,
				},
				(error, stdout) => resolve(error === null ? stdout : null),
			);
			// Close stdin, so that a program that reads from it does not wait.
			child.stdin?.on("error", () => {}).end();
		});
	} catch {
		return null;
	}
}
