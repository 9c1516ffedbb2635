import { spawn } from "node:child_process";
import type { Environment, ExitStatus } from "@rivetkit/engine-manager";
import { isInTerminalForeground } from "./terminal-foreground.ts";

/** A program that runs with the input and output of this process. */
export interface RunningCommand {
	/** Sends the program a signal that this process got, unless the terminal has sent it to both. */
	passOn(name: NodeJS.Signals): void;
	/** Resolves when the program has ended. Rejects with the system's error if it could not be started. */
	readonly exited: Promise<ExitStatus>;
}

/** Starts a program in the process group of this process. */
export function spawnCommand(
	file: string,
	args: readonly string[],
	environment: Environment,
): RunningCommand {
	const child = spawn(file, [...args], { env: { ...environment }, stdio: "inherit" });
	const exited = new Promise<ExitStatus>((resolve, reject) => {
		child.on("error", (error) => {
			// With a pid the program runs, and the error only means that it cannot be signalled, for example sudo.
			if (child.pid === undefined) reject(error);
		});
		child.once("exit", (code, signal) => {
			if (signal !== null) resolve({ kind: "signaled", signal });
			else resolve(code === null ? { kind: "unknown" } : { kind: "exited", code });
		});
	});
	return {
		passOn: (name) => {
			const isFromKeyboard = (name === "SIGINT" || name === "SIGQUIT") && isInTerminalForeground();
			if (!isFromKeyboard) child.kill(name);
		},
		exited,
	};
}
