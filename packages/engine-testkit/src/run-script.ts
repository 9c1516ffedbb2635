import { spawn } from "node:child_process";
import { once } from "node:events";

/** Options for running a script. */
export interface RunScriptOptions {
	/** Environment variables to add to those of this process; undefined removes a variable. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
	/** `process.argv` of the script, from its second element on. */
	readonly args?: readonly string[];
	/** Written to the script's stdin, which then ends. @defaultValue stdin is empty */
	readonly stdin?: string;
}

/** The exit status and the whole output of a script. */
export interface ScriptExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A script that runs in its own Node process. Disposing kills the script and waits for its end. */
export interface RunningScript extends AsyncDisposable {
	readonly pid: number;
	/** Resolves when it has ended and closed stdout and stderr. Never rejects. */
	readonly exited: Promise<ScriptExit>;
	/** Returns the next line of stdout; rejects if the script ends without another line. */
	nextLine(): Promise<string>;
	kill(signal?: NodeJS.Signals): void;
}

/** Runs an ES module, given as text, with the Node that runs the tests. */
export function runScript(source: string, options: RunScriptOptions = {}): RunningScript {
	const { env = {}, cwd, args = [], stdin = "" } = options;
	const child = spawn(process.execPath, ["--input-type=module", "-e", source, "--", ...args], {
		env: { ...process.env, ...env },
		...(cwd === undefined ? {} : { cwd }),
		stdio: ["pipe", "pipe", "pipe"],
	});
	const { pid } = child;
	if (pid === undefined) throw new Error(`Node could not be started in '${cwd ?? process.cwd()}'.`);
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
		stdout += chunk;
	});
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		stderr += chunk;
	});
	// A script that ends without reading its stdin breaks the pipe.
	child.stdin.on("error", () => {});
	child.stdin.end(stdin);
	let ended = false;
	const exited = once(child, "close").then(([code, signal]): ScriptExit => {
		ended = true;
		return { code, signal, stdout, stderr };
	});

	let readUpTo = 0;
	const nextLine = async (): Promise<string> => {
		for (;;) {
			const end = stdout.indexOf("\n", readUpTo);
			if (end !== -1) {
				const line = stdout.slice(readUpTo, end);
				readUpTo = end + 1;
				return line;
			}
			if (ended) throw new Error(`The script ended without another line on stdout. On stderr: ${stderr}`);
			await Promise.race([once(child.stdout, "data"), exited]);
		}
	};
	return {
		pid,
		exited,
		nextLine,
		kill: (signal = "SIGTERM") => void child.kill(signal),
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await exited;
		},
	};
}
