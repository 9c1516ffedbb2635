import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Guardian } from "./guardian.ts";
import { freezeFamily, thawAll } from "./process-family.ts";

/** The time for a server to become ready, in milliseconds. Only a server that hangs takes longer. */
const READY_WITHIN_MS = 30_000;

/** The user that a server runs as. */
export interface Account {
	readonly uid: number;
	readonly gid: number;
}

/** The program of a server, and the check that finds out whether the server is ready. */
export interface ServerProgram {
	readonly command: string;
	readonly args: readonly string[];
	/** Its working directory, in which its `server.log` is. */
	readonly folder: string;
	/** @defaultValue that of this process */
	readonly account?: Account | undefined;
	/** The signal for a clean shutdown. */
	readonly stopSignal: NodeJS.Signals;
	/** The signal that ends all processes of the server at once. */
	readonly killSignal: NodeJS.Signals;
	/** Called every few milliseconds after a start, with the text of the log since the start. */
	isReady(pid: number, log: string): Promise<boolean>;
}

/** A server that can be stopped and started again. */
export interface ServerProcess {
	/** The folder of all its files; disposing removes it. */
	readonly folder: string;
	/** The first process of the server. Undefined where it does not run. */
	pid(): number | undefined;
	/** Starts the server, and resolves when it is ready. Does nothing if the server already runs. */
	start(): Promise<void>;
	/** Shuts the server down, even while it is frozen, and waits for its end. Does nothing if the server does not run. */
	stop(): Promise<void>;
	/** Kills the server like a crash, and waits for its end. Does nothing if the server does not run. */
	kill(): Promise<void>;
	/** Stops all processes of the server with SIGSTOP: connections stay, and nothing answers. Linux only. */
	freeze(): Promise<void>;
	/** Lets a frozen server continue. */
	thaw(): void;
}

/** Runs a program under a guardian. The caller disposes of the guardian. */
export function serverProcess(program: ServerProgram, guardian: Guardian): ServerProcess {
	const { command, args, folder, account, stopSignal, killSignal, isReady } = program;
	const logPath = path.join(folder, "server.log");
	let running: { readonly pid: number; readonly child: ChildProcess } | undefined;
	let frozen: readonly number[] = [];

	const launch = async (): Promise<number> => {
		const log = openSync(logPath, "w", 0o600);
		const child = spawn(command, args, {
			cwd: folder,
			stdio: ["ignore", log, log],
			env: plainEnvironment(),
			...account,
		});
		closeSync(log);
		const { pid } = child;
		if (pid === undefined) throw (await once(child, "error"))[0];
		running = { pid, child };
		guardian.watch([pid]);
		child.once("exit", () => {
			running = undefined;
			guardian.watch([]);
		});
		// The child does not keep the test process alive, even if the test has not disposed of the server.
		child.unref();
		return pid;
	};

	const thaw = (): void => {
		thawAll(frozen);
		frozen = [];
	};

	const end = async (signal: NodeJS.Signals): Promise<void> => {
		if (running === undefined) return;
		const { child } = running;
		const exited = once(child, "exit");
		child.ref();
		child.kill(signal);
		thaw();
		await exited;
	};

	return {
		folder,
		pid: () => running?.pid,
		async start() {
			if (running !== undefined) return;
			const pid = await launch();
			const deadline = performance.now() + READY_WITHIN_MS;
			for (;;) {
				const log = await readFile(logPath, "utf8");
				if (running === undefined) throw new Error(`'${command}' ended while it started. Its log:\n${log}`);
				if (await isReady(pid, log)) return;
				if (performance.now() > deadline)
					throw new Error(`'${command}' is not ready after ${READY_WITHIN_MS} ms. Its log:\n${log}`);
				await delay(10);
			}
		},
		stop: () => end(stopSignal),
		kill: () => end(killSignal),
		async freeze() {
			if (running === undefined) throw new Error(`'${command}' does not run.`);
			frozen = await freezeFamily(running.pid);
			guardian.watch(frozen);
		},
		thaw,
	};
}

/** Returns the few environment variables that a server needs, without those that select a server for PostgreSQL's programs. */
export function plainEnvironment(): Readonly<Record<string, string>> {
	return { PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
}
