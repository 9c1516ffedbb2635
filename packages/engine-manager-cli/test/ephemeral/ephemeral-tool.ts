import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import type { Sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { launch } from "../tool.ts";

/** `rivet-enginectl ephemeral`, and the command that it runs. Disposing kills the tool. */
export interface EphemeralTool extends AsyncDisposable {
	/** Sends the tool a signal. */
	kill(name: NodeJS.Signals): void;
	/** Reads the next line that the command prints. */
	nextLine(): Promise<string>;
	/** Waits until the tool says something on standard error. */
	says(text: RegExp): Promise<readonly string[]>;
	/** Resolves with the exit code, or with the signal that ended the tool. */
	readonly exited: Promise<number | string>;
}

/** Runs the built tool with a sandbox's variables. */
export function ephemeralTool(box: Sandbox, args: readonly string[]): EphemeralTool {
	const child = launch(box, ["ephemeral", ...args]);
	let stderr = "";
	child.stderr.on("data", (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	const exited = new Promise<number | string>((resolve) =>
		child.once("exit", (code, signal) => resolve(code ?? String(signal))),
	);
	return {
		kill: (name) => void child.kill(name),
		nextLine: async () => String((await lines.next()).value),
		says: async (text) => {
			await vi.waitUntil(() => text.test(stderr), { timeout: 40_000, interval: 5 });
			return text.exec(stderr) ?? [""];
		},
		exited,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await exited;
		},
	};
}

/** A tool that runs on a terminal of its own. */
export interface TerminalTool {
	/** Types at the terminal. */
	type(text: string): void;
	/** Waits until the terminal shows something. */
	shows(text: RegExp): Promise<readonly string[]>;
	readonly exited: Promise<number | null>;
}

/** Runs a command line, which a shell reads, on a terminal. */
export function onTerminal(box: Sandbox, commandLine: string): TerminalTool {
	const terminal = spawn("script", ["--quiet", "--return", "--command", commandLine, "/dev/null"], {
		env: { ...box.environment, SHELL: "/bin/sh" } as NodeJS.ProcessEnv,
		stdio: ["pipe", "pipe", "inherit"],
	});
	let output = "";
	terminal.stdout.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	return {
		type: (text) => void terminal.stdin.write(text),
		shows: async (text) => {
			await vi.waitUntil(() => text.test(output), { timeout: 40_000, interval: 5 });
			return text.exec(output) ?? [""];
		},
		exited: new Promise((resolve) => terminal.once("close", resolve)),
	};
}
