import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { target } from "../tool.ts";

/** The built tool. */
export const bin: string = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

/** The line that `run --json` prints when the engine is ready. */
export interface Ready {
	readonly kind: "ready";
	readonly endpoint: string;
	readonly pid: number;
	readonly version: string;
}

/** A process of `run`, and its output. Disposing kills the process; the sandbox ends its engines. */
export interface Foreground extends AsyncDisposable {
	readonly child: ChildProcess;
	readonly pid: number;
	/** The exit code, or the signal that ended the process. */
	readonly exited: Promise<number | string>;
	/** As {@link exited}, once all output has been read as well. */
	readonly closed: Promise<number | string>;
	stdout(): string;
	stderr(): string;
	/** Waits until the engine is ready. Rejects if the process ends before. */
	ready(): Promise<Ready>;
	/** Waits until the engine is spawned, and returns its pid. */
	spawned(): Promise<number>;
	/** Waits until standard error has a text. Rejects if the process ends before. */
	says(text: RegExp): Promise<RegExpExecArray>;
}

/** The options of {@link foreground}. */
export interface ForegroundOptions {
	readonly args?: readonly string[];
	readonly variables?: Readonly<Record<string, string | undefined>>;
	/** The command that runs the tool, such as tini. */
	readonly wrapper?: readonly string[];
	/** True to leave out `--json`. @defaultValue false */
	readonly isForPerson?: boolean;
	/** True to leave standard output unread until it is resumed. @defaultValue false */
	readonly isUnread?: boolean;
}

/** Runs `run` on a sandbox, with its telemetry off. */
export function foreground(box: Sandbox, options: ForegroundOptions = {}): Foreground {
	const { args = [], variables = {}, wrapper = [], isUnread = false, isForPerson = false } = options;
	const json = isForPerson ? [] : ["--json"];
	const run = [process.execPath, bin, "run", ...target(box), "--no-telemetry", ...json, ...args];
	const [file = "", ...rest] = [...wrapper, ...run];
	const child = spawn(file, rest, {
		env: { ...box.environment, ...variables } as NodeJS.ProcessEnv,
		stdio: ["ignore", "pipe", "pipe"],
	});
	let [stdout, stderr] = ["", ""];
	child.stdout.on("data", (chunk: Buffer) => {
		stdout += chunk.toString();
	});
	if (isUnread) child.stdout.pause();
	child.stderr.on("data", (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	let hasExited = false;
	const exited = ending(child, "exit");
	void exited.then(() => {
		hasExited = true;
	});
	const says = async (text: RegExp): Promise<RegExpExecArray> => {
		await vi.waitUntil(() => text.test(stderr) || hasExited, { timeout: 20_000, interval: 5 });
		const match = text.exec(stderr);
		if (match === null) throw new Error(`It has ended without saying ${text}: ${stderr}`);
		return match;
	};
	return {
		child,
		pid: child.pid ?? 0,
		exited,
		closed: ending(child, "close"),
		stdout: () => stdout,
		stderr: () => stderr,
		ready: async () => JSON.parse((await says(/^\{"kind":"ready".*\}$/m))[0]),
		spawned: async () => Number((await says(/"kind":"spawned","pid":(\d+)/))[1]),
		says,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await exited;
		},
	};
}

async function ending(child: ChildProcess, event: "exit" | "close"): Promise<number | string> {
	return await new Promise((resolve) => child.once(event, (code, signal) => resolve(code ?? signal)));
}

/** Reads the copies of the standard output of a sandbox's engines, of all starts. */
export async function logCopies(box: Sandbox): Promise<string> {
	const { logsFolder } = box.layout;
	const names = (await readdir(logsFolder)).filter((name) => name.endsWith("-stdout.log")).sort();
	return (await Promise.all(names.map((name) => readFile(path.join(logsFolder, name), "utf8")))).join("");
}

/** Counts how often a text contains another. */
export function count(text: string, part: string): number {
	return text.split(part).length - 1;
}
