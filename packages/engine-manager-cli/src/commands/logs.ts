import { setTimeout as sleep } from "node:timers/promises";
import { EngineError, type EngineLogs, engineLogs, followLog, readLogEnd } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import { engineOptions, type Flags, withOutputFlags, withTargetFlags } from "../flags/flags.ts";
import { countOf } from "../flags/numbers.ts";
import { type CommandLineIo, printJson } from "../io.ts";

interface LogsFlags extends Flags {
	readonly follow?: boolean;
	readonly lines: number;
}

const STREAMS = ["stdout", "stderr"] as const;

/** Time between two searches for the log of the next start, in milliseconds. */
const RESTART_GAP_MS = 500;

interface FollowedFile {
	readonly stream: (typeof STREAMS)[number];
	readonly path: string;
	readonly endBytes: number;
}

/** `logs` prints the end of the engine's log; with `-f` it continues as the log grows. */
export const logsCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("logs").description("Print the log of the engine that was started last.");
	withOutputFlags(withTargetFlags(command));
	return command
		.option("-f, --follow", "go on printing as the log grows, also that of the next start, until interrupted")
		.option("-n, --lines <count>", "how many lines to begin with", countOf, 100)
		.addHelpText("after", example("rivet-enginectl logs -f"))
		.addHelpText("after", "\nWith --json --follow, each line is a JSON object of its own.")
		.action(async (flags: LogsFlags) => setExitCode(await logs(flags, io)));
};

async function logs(flags: LogsFlags, io: CommandLineIo): Promise<number> {
	const files = await engineLogs(engineOptions(flags, io));
	if (files === undefined) {
		throw new EngineError("no_logs", "No engine was started on this storage, so there is no log.", {
			metadata: { hint: "Run `rivet-enginectl start`." },
		});
	}
	const started = await Promise.all(
		STREAMS.map(async (stream) => ({
			stream,
			path: files[stream],
			...(await readLogEnd(files[stream], flags.lines)),
		})),
	);
	const lines = started.flatMap(({ stream, lines }) => lines.map((line) => ({ stream, line })));
	if (flags.follow !== true && flags.json === true) {
		printJson(io.stdout, { ...files, lines });
		return 0;
	}
	const print = (stream: string, line: string): unknown =>
		io.stdout.write(`${flags.json === true ? JSON.stringify({ stream, line }) : line}\n`);
	for (const { stream, line } of lines) print(stream, line);
	if (flags.follow !== true) return 0;
	let following: readonly FollowedFile[] = started;
	while (!io.signal.aborted) {
		const next = await followUntilRestart(following, print, flags, io);
		if (next === undefined) break;
		io.stderr.write(`==> another engine was started: ${next.stdout} <==\n`);
		following = STREAMS.map((stream) => ({ stream, path: next[stream], endBytes: 0 }));
	}
	return 0;
}

/** Follows both log files. Returns the log files of the next start, or undefined if interrupted. */
async function followUntilRestart(
	files: readonly FollowedFile[],
	print: (stream: string, line: string) => unknown,
	flags: LogsFlags,
	io: CommandLineIo,
): Promise<EngineLogs | undefined> {
	const ended = new AbortController();
	const signal = AbortSignal.any([io.signal, ended.signal]);
	const follow = files.map(async ({ stream, path, endBytes }) => {
		await followLog(path, (line) => print(stream, line), { fromBytes: endBytes, signal });
	});
	try {
		const restart = nextLogs(files[0]?.path, flags, io, signal);
		// The first failure ends the race. Otherwise the other file would be followed on, and the failure stay hidden.
		return await Promise.race([restart, Promise.all(follow).then(() => undefined)]);
	} finally {
		ended.abort();
		await Promise.allSettled(follow);
	}
}

async function nextLogs(
	current: string | undefined,
	flags: LogsFlags,
	io: CommandLineIo,
	signal: AbortSignal,
): Promise<EngineLogs | undefined> {
	while (!signal.aborted) {
		await sleep(RESTART_GAP_MS, undefined, { signal }).catch(() => {});
		const logs = signal.aborted ? undefined : await engineLogs(engineOptions(flags, io));
		if (logs !== undefined && logs.stdout !== current) return logs;
	}
	return undefined;
}
