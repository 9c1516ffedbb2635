import { engineLogs } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../example.ts";
import { countOf, engineOptions, type Flags, withOutputFlags, withTargetFlags } from "../flags.ts";
import { followFile, readLastLines } from "../follow-file.ts";
import { type CommandLineIo, printJson } from "../io.ts";

interface LogsFlags extends Flags {
	readonly follow?: boolean;
	readonly lines: number;
}

/** `logs`: print the end of the engine's log, and go on with `-f`. */
export const logsCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("logs").description("Print the log of the engine that was started last.");
	withOutputFlags(withTargetFlags(command));
	return command
		.option("-f, --follow", "go on printing as the log grows, until interrupted")
		.option("-n, --lines <count>", "how many lines to begin with", countOf, 100)
		.addHelpText("after", example("rivet-enginectl logs -f"))
		.addHelpText("after", "\nWith --json --follow, each line is a JSON object of its own.")
		.action(async (flags: LogsFlags) => setExitCode(await logs(flags, io)));
};

async function logs(flags: LogsFlags, io: CommandLineIo): Promise<number> {
	const files = await engineLogs(engineOptions(flags, io));
	if (files === undefined) {
		throw new Error(
			"No engine was started on this storage, so there is no log. Run `rivet-enginectl start`.",
		);
	}
	const streams = [
		{ stream: "stdout", path: files.stdout },
		{ stream: "stderr", path: files.stderr },
	] as const;
	const begun = await Promise.all(
		streams.map(async (item) => ({ ...item, ...(await readLastLines(item.path, flags.lines)) })),
	);
	const lines = begun.flatMap(({ stream, lines }) => lines.map((line) => ({ stream, line })));
	if (flags.follow !== true && flags.json === true) {
		printJson(io.stdout, { ...files, lines });
		return 0;
	}
	const print = (stream: string, line: string): unknown =>
		io.stdout.write(`${flags.json === true ? JSON.stringify({ stream, line }) : line}\n`);
	for (const { stream, line } of lines) print(stream, line);
	if (flags.follow !== true) return 0;
	// If one file cannot be read any more, following the other would hide it.
	const failed = new AbortController();
	const signal = AbortSignal.any([io.signal, failed.signal]);
	const follow = begun.map(({ stream, path, endBytes }) =>
		followFile(path, endBytes, (line) => print(stream, line), signal).catch((error: unknown) =>
			failed.abort(error),
		),
	);
	await Promise.all(follow);
	if (failed.signal.aborted) throw failed.signal.reason;
	return 0;
}
