import { stat } from "node:fs/promises";
import {
	EngineError,
	hasMethod,
	isRecord,
	isText,
	requireKnownOptions,
	requireOption,
} from "@rivetkit/engine-core";
import { type EngineCommand, requireCommand } from "../command/engine-command.ts";
import type { EngineOutput } from "../logs/pass-on-output.ts";
import type { SignalChild } from "./spawned-child.ts";

/** A request to start an engine. */
export interface SpawnRequest {
	readonly command: EngineCommand;
	/** The folder of the log files. It is created if missing. */
	readonly logsFolder: string;
	/** The working directory of the engine. @defaultValue the working directory of this process */
	readonly cwd?: string | undefined;
	/**
	 * Called with the `signal` of the spawned engine as soon as the process is made, before other code runs here. The
	 * start may still fail after that, for example if the binary is missing.
	 */
	readonly onChild?: ((signal: SignalChild) => void) | undefined;
	/**
	 * The streams that get the output of an engine in the foreground. The engine then keeps this process alive and does
	 * not outlive it for long, and its log files hold the end of its output.
	 *
	 * @defaultValue the output goes to the log files alone
	 */
	readonly output?: EngineOutput | undefined;
}

/**
 * Checks the properties of a request, their types, and that the working directory exists.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export async function requireRequest(request: SpawnRequest): Promise<void> {
	requireKnownOptions(request, SPAWN_OPTIONS);
	const { command, logsFolder, cwd, onChild, output } = request;
	requireCommand(command);
	requireOption("logsFolder", isText(logsFolder), "a path");
	requireOption("cwd", cwd === undefined || isText(cwd), "a path");
	requireOption("onChild", onChild === undefined || typeof onChild === "function", "a function");
	const isOutput = isRecord(output) && hasMethod(output.stdout, "write") && hasMethod(output.stderr, "write");
	requireOption("output", output === undefined || isOutput, "an object with the streams stdout and stderr");
	await requireFolder(cwd);
}

const SPAWN_OPTIONS: Readonly<Record<keyof SpawnRequest, true>> = {
	command: true,
	logsFolder: true,
	cwd: true,
	onChild: true,
	output: true,
};

/** Checks the working directory, because the system would report a missing working directory as a missing binary. */
async function requireFolder(cwd: string | undefined): Promise<void> {
	if (cwd === undefined) return;
	const isFolder = await stat(cwd).then(
		(stats) => stats.isDirectory(),
		() => false,
	);
	if (isFolder) return;
	throw new EngineError("invalid_option", `Option 'cwd' is '${cwd}', which is not a folder.`, {
		metadata: { option: "cwd", path: cwd },
	});
}
