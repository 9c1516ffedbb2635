import type { EngineOutput, Environment, Logger } from "@rivetkit/engine-manager";
import { addFlags } from "./hints/add-flags.ts";
import { withFlagsInTexts } from "./hints/text-fields.ts";
import type { SignalListener } from "./signal-relay.ts";

/** An output that takes text. */
export interface TextOutput {
	write(text: string): unknown;
	readonly isTTY?: boolean;
}

/** The inputs and outputs of a command. */
export interface CommandLineIo {
	readonly stdout: TextOutput;
	readonly stderr: TextOutput;
	readonly environment: Environment;
	/** Ends the command if it is aborted. */
	readonly signal: AbortSignal;
	/** Outputs for the log of an engine in the foreground. @defaultValue `stdout` and `stderr`, as text */
	readonly engineOutput?: EngineOutput;
	/**
	 * Sends every signal to this listener only, beginning with the signals that came before the call. SIGPIPE means that
	 * nobody reads the standard output any more.
	 */
	readonly takeSignals?: (listener: SignalListener) => void;
	/** The command that users are told to stop an engine with; the needed flags are added. @defaultValue `rivet-enginectl stop` */
	readonly stopCommand?: string;
}

/** Returns whether `DEBUG` asks for logs and stack traces: `1`, `true`, `*`, or a name that starts with `rivet`. */
export function isDebugging(environment: Environment): boolean {
	const names = environment["DEBUG"]?.split(/[\s,]+/) ?? [];
	return names.some((name) => ["1", "true", "*"].includes(name) || name.startsWith("rivet"));
}

/** Prints one JSON document. Its texts name flags beside options. */
export function printJson(output: TextOutput, value: unknown): void {
	output.write(`${JSON.stringify(value, withFlagsInTexts, 2)}\n`);
}

/** Prints names and values in two columns. Further lines of a value are indented to the value's column. */
export function printTable(
	output: TextOutput,
	rows: readonly (readonly [string, string | readonly string[]])[],
): void {
	const width = Math.max(...rows.map(([name]) => name.length));
	for (const [name, value] of rows) {
		for (const [index, line] of [value].flat().entries()) {
			output.write(`  ${(index === 0 ? name : "").padEnd(width)}  ${line}\n`);
		}
	}
}

/**
 * Makes a logger that writes lines to standard error, each a JSON object for a reader of JSON. Without `verbose` it
 * writes warnings and errors only.
 */
export function stderrLogger(
	output: TextOutput,
	{ json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): Logger {
	const method =
		(level: string, label = level) =>
		(fields: Readonly<Record<string, unknown>>, message: string) => {
			if (json) return void output.write(`${JSON.stringify({ level, message, ...fields }, readable)}\n`);
			const details = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields, readable)}`;
			output.write(`${label}: ${addFlags(message)}${details}\n`);
		};
	const quiet = (): void => {};
	return {
		debug: verbose ? method("debug") : quiet,
		info: verbose ? method("info") : quiet,
		warn: method("warn", "warning"),
		error: method("error"),
	};
}

function readable(field: string, value: unknown): unknown {
	return value instanceof Error ? addFlags(value.message) : withFlagsInTexts(field, value);
}
