import type { WaitProgress, WaitResult } from "@rivetkit/engine-manager";
import { waitUntilReady } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withOutputFlags,
	withTargetFlags,
	withTokenFlag,
} from "../flags/flags.ts";
import { wholeNumber } from "../flags/numbers.ts";
import { addFlags } from "../hints/add-flags.ts";
import { type CommandLineIo, printJson } from "../io.ts";
import { capitalised } from "../output/capitalised.ts";

interface WaitFlags extends Flags {
	readonly timeout: number;
	readonly database?: boolean;
}

/** `wait` waits until an engine is ready. */
export const waitCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("wait").description("Wait until an engine is ready. None is started.");
	withOutputFlags(withTokenFlag(withTargetFlags(command)));
	return command
		.option("--timeout <ms>", "how long, in milliseconds", wholeNumber, 60_000)
		.option("--database", "until its database answers, too")
		.addHelpText(
			"after",
			example("rivet-enginectl wait --timeout 10000 && node server.js", "rivet-enginectl wait --database"),
		)
		.addHelpText(
			"after",
			"\nExit codes: 0 it is ready; when time is up: 3 nothing runs, 1 what is there is not ready; 1 at once if it is no engine.",
		)
		.action(async (flags: WaitFlags) => {
			const { timeout, database } = flags;
			using progress = showWaiting(io, flags.json === true);
			const result = await waitUntilReady({
				...engineOptions(flags, io),
				timeoutMs: timeout,
				database,
				onWait: progress.onWait,
			});
			setExitCode({ ready: 0, "not-running": 3, "not-ready": 1 }[result.kind]);
			if (flags.json === true) printJson(io.stdout, result);
			else printResult(result, io);
		});
};

/** The time before the command reports that it waits, in milliseconds. */
const SILENCE_MS = 1000;

/** Prints on standard error what the command waits for, after a second and at each change. */
function showWaiting(
	io: CommandLineIo,
	isSilent: boolean,
): { readonly onWait: (waiting: WaitProgress) => void } & Disposable {
	let current: WaitProgress | undefined;
	let isShowing = false;
	const show = (): void => {
		if (current === undefined || isSilent) return;
		io.stderr.write(`Waiting for an engine at ${current.endpoint}: ${addFlags(current.reason)} ...\n`);
	};
	const timer = setTimeout(() => {
		isShowing = true;
		show();
	}, SILENCE_MS);
	return {
		onWait: (waiting) => {
			current = waiting;
			if (isShowing) show();
		},
		[Symbol.dispose]: () => clearTimeout(timer),
	};
}

function printResult(result: WaitResult, io: CommandLineIo): void {
	const { endpoint } = result;
	const seconds = (result.waitedMs / 1000).toFixed(1);
	switch (result.kind) {
		case "ready": {
			const { health, database } = result;
			const alsoDatabase = database === undefined ? "" : ", and its database answers";
			io.stdout.write(
				`Rivet engine ${health.version ?? "of unknown version"} is ready at ${endpoint}${alsoDatabase}.\n`,
			);
			return;
		}
		case "not-running":
			io.stderr.write(`${addFlags(capitalised(result.reason))} after ${seconds} s.\n`);
			return;
		case "not-ready":
			io.stderr.write(
				`What is at ${endpoint} is not ready after ${seconds} s: ${addFlags(result.reason)}.\n`,
			);
	}
}
