import { isEngineError } from "@rivetkit/engine-manager";
import { type CommandLineIo, printJson } from "../io.ts";

/** How many lines of a failed engine's log are shown. */
const SHOWN_LOG_LINES = 10;

/** 2 for what the user typed, 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
	return isEngineError(error, "invalid_option") || isEngineError(error, "invalid_endpoint") ? 2 : 1;
}

/** Prints the message, the end of the engine's log where there is one, and what to do. */
export function reportError(
	error: unknown,
	io: CommandLineIo,
	options: { readonly json: boolean; readonly stack: boolean },
): void {
	if (options.json) printJson(io.stdout, { error: describeError(error) });
	else printError(error, io);
	if (options.stack && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
}

function describeError(error: unknown): Readonly<Record<string, unknown>> {
	if (!isEngineError(error)) return { message: messageOf(error) };
	const { group, code, message, metadata } = error;
	return { group, code, message, metadata };
}

function printError(error: unknown, io: CommandLineIo): void {
	const write = (line: string): unknown => io.stderr.write(`${line}\n`);
	write(`error: ${messageOf(error)}`);
	if (!isEngineError(error)) return;
	const { metadata } = error;
	const tail = [metadata["stderrTail"], metadata["stdoutTail"]].find(
		(lines): lines is readonly string[] => Array.isArray(lines) && lines.length > 0,
	);
	if (tail !== undefined) {
		write("\nThe engine's last lines:");
		for (const line of tail.slice(-SHOWN_LOG_LINES)) write(`  ${line.slice(0, 300)}`);
	}
	if (metadata.hint !== undefined) write(`\nhint: ${metadata.hint}`);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
