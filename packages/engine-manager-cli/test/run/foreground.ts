import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { target } from "../tool.ts";

/** The built tool. */
export const bin: string = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

/** What `--json` says when the engine is ready. */
export interface Ready {
	readonly kind: "ready";
	readonly endpoint: string;
	readonly pid: number;
	readonly version: string;
}

/** A program in which `run` works, and all that it wrote. Disposing kills it; its engines are the sandbox's to end. */
export interface Foreground extends AsyncDisposable {
	readonly child: ChildProcess;
	readonly pid: number;
	/** The exit code, or the signal that ended it. */
	readonly exited: Promise<number | string>;
	/** As {@link exited}, once all was read as well. */
	readonly closed: Promise<number | string>;
	stdout(): string;
	stderr(): string;
	/** Rejects if it ends before. */
	ready(): Promise<Ready>;
	/** Waits for the process of an engine that need not be ready. */
	spawned(): Promise<number>;
	/** Waits until standard error says something. */
	says(text: RegExp): Promise<RegExpExecArray>;
}

/** How `run` is run. */
export interface ForegroundOptions {
	readonly args?: readonly string[];
	readonly variables?: Readonly<Record<string, string | undefined>>;
	/** What stands before it, such as tini. */
	readonly wrapper?: readonly string[];
	/** @defaultValue as a program that reads JSON would */
	readonly isForPerson?: boolean;
	/** Leaves its standard output unread until it is resumed. */
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

/** The copies of what a sandbox's engines wrote to standard output, of all starts. */
export async function logCopies(box: Sandbox): Promise<string> {
	const { logsFolder } = box.layout;
	const names = (await readdir(logsFolder)).filter((name) => name.endsWith("-stdout.log")).sort();
	return (await Promise.all(names.map((name) => readFile(path.join(logsFolder, name), "utf8")))).join("");
}

/** How often a text is in another. */
export function count(text: string, part: string): number {
	return text.split(part).length - 1;
}
