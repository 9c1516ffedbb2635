import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readEngineConfiguration } from "../../packages/engine-config/src/configuration.ts";
import { requireLoopbackPorts } from "../../packages/engine-config/src/launch/require-loopback-ports.ts";
import { engineOptions, type Flags } from "../../packages/engine-manager-cli/src/flags/flags.ts";
import { createProgram } from "../../packages/engine-manager-cli/src/program.ts";

/**
 * Lists the faults of the arguments of a `rivet-enginectl`: by its own command line, by the rules of the engine manager
 * for what that makes of them, and because of secrets in them. Nothing is run.
 *
 * @param files - What is in files of secrets, by their paths; those of others are made up.
 */
export function invocationProblems(
	args: readonly string[],
	files: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
	const folder = mkdtempSync(path.join(os.tmpdir(), "rivet-secrets-"));
	try {
		return [...secretProblems(args), ...parseProblems(withFiles(args, files, folder), folder)];
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The value that follows a flag in arguments. */
export function flagValue(args: readonly string[], flag: string): string | undefined {
	const index = args.indexOf(flag);
	return index === -1 ? undefined : args[index + 1];
}

function parseProblems(args: readonly string[], folder: string): readonly string[] {
	const silent = { write: () => true };
	const io = { stdout: silent, stderr: silent, environment: {}, signal: new AbortController().signal };
	const program = createProgram(io, () => {});
	const command = program.commands.find((candidate) => candidate.name() === args[0]);
	if (command === undefined) return [`rivet-enginectl has no command '${args[0]}'`];
	let isParsed = false;
	command.action((flags: Flags) => {
		isParsed = true;
		const { environment, logger, onEvent, signal, ...options } = engineOptions(flags, io);
		requireLoopbackPorts(readEngineConfiguration(options, { HOME: folder }, folder));
	});
	try {
		program.parse(args, { from: "user" });
	} catch (error) {
		return [String(error)];
	}
	return isParsed ? [] : [`'${args.join(" ")}' does not run '${args[0]}'`];
}

/** The tool reads files of secrets as it parses their flags, so they must be there. */
function withFiles(
	args: readonly string[],
	files: ReadonlyMap<string, string>,
	folder: string,
): readonly string[] {
	return args.map((argument, index) => {
		const flag = args[index - 1];
		if (flag === undefined || !/^--.*-file$/.test(flag)) return argument;
		const file = path.join(folder, `${index}`);
		const madeUp = flag === "--postgres-url-file" ? "postgresql://a:b@postgres.example.com/c" : "a-secret";
		writeFileSync(file, files.get(argument) ?? madeUp);
		return file;
	});
}

/** Arguments are shown to every user of a machine, and to whoever may read a manifest. */
function secretProblems(args: readonly string[]): readonly string[] {
	return args.flatMap((argument) => {
		if (URL.canParse(argument) && new URL(argument).password !== "")
			return ["there is a URL with a password"];
		const isSecret = /^--.*(password|token|secret)/.test(argument) && !/-file$/.test(argument);
		return isSecret ? [`'${argument}' would take a secret itself`] : [];
	});
}
