import { EngineError, isEngineError } from "@rivetkit/engine-manager";
import { CommanderError } from "commander";
import { addFlags } from "../hints/add-flags.ts";
import { type CommandLineIo, printJson } from "../io.ts";

/** The number of lines that are shown from a failed engine's log. */
const SHOWN_LOG_LINES = 10;

/** Codes of errors that wrong arguments cause. */
const USAGE_CODES: readonly string[] = ["bad_usage", "invalid_option", "invalid_endpoint"];

/** Returns the exit code for an error: 2 for bad usage, 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
	const isUsage =
		error instanceof CommanderError || (isEngineError(error) && USAGE_CODES.includes(error.code));
	return isUsage ? 2 : 1;
}

/**
 * Prints the message of an error, the end of the engine's log if there is one, and the hint. As JSON, prints one document
 * in which every error has a code.
 */
export function reportError(
	error: unknown,
	io: CommandLineIo,
	options: { readonly json: boolean; readonly stack: boolean },
): void {
	const coded = codedError(error, io.signal);
	if (options.json) printJson(io.stdout, { error: describeError(coded) });
	else printError(coded, io);
	if (options.stack && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
}

/** Turns any error into an error with a code, and removes credentials from its message. */
function codedError(error: unknown, signal: AbortSignal): EngineError {
	if (isEngineError(error)) return error;
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof CommanderError) {
		return new EngineError("bad_usage", message.replace(/^error: /, ""), { cause: error });
	}
	const isInterrupted = signal.aborted && error === signal.reason;
	return new EngineError(isInterrupted ? "interrupted" : "internal_error", message, { cause: error });
}

function describeError({ group, code, message, metadata }: EngineError): Readonly<Record<string, unknown>> {
	return { group, code, message, metadata };
}

function printError({ message, metadata }: EngineError, io: CommandLineIo): void {
	const write = (line: string): unknown => io.stderr.write(`${line}\n`);
	write(`error: ${addFlags(message)}`);
	const tail = [metadata["stderrTail"], metadata["stdoutTail"]].find(
		(lines): lines is readonly string[] => Array.isArray(lines) && lines.length > 0,
	);
	if (tail !== undefined) {
		write("\nThe engine's last lines:");
		for (const line of tail.slice(-SHOWN_LOG_LINES)) write(`  ${line.slice(0, 300)}`);
	}
	if (metadata.hint !== undefined) write(`\nhint: ${addFlags(metadata.hint)}`);
}
