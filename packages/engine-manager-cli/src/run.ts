import { CommanderError } from "commander";
import { exitCodeOf, reportError } from "./exit/report-error.ts";
import { type CommandLineIo, isDebugging } from "./io.ts";
import { createProgram } from "./program.ts";

export type { CommandLineIo };

/**
 * Runs one command of `rivet-enginectl`.
 *
 * @param args - The arguments after the program's name.
 * @returns The exit code: 0 done, 1 failed, 2 bad usage, 3 nothing runs (`status`, `wait`, `env`).
 */
export async function runCommandLine(args: readonly string[], io: CommandLineIo): Promise<number> {
	let exitCode = 0;
	const program = createProgram(io, (code) => {
		exitCode = code;
	});
	try {
		await program.parseAsync([...args], { from: "user" });
		return exitCode;
	} catch (error) {
		// Arguments after two dashes belong to another program.
		const end = args.indexOf("--");
		const json = args.slice(0, end < 0 ? args.length : end).includes("--json");
		const isUsage = error instanceof CommanderError;
		// Commander also throws after it has printed a help text or a version.
		if (isUsage && error.exitCode === 0) return 0;
		// Commander has already printed a usage error for people.
		if (json || !isUsage) reportError(error, io, { json, stack: !isUsage && isDebugging(io.environment) });
		return exitCodeOf(error);
	}
}
