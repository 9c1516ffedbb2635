import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Environment } from "@rivetkit/engine-core";

/** The time limit for `--version`, in milliseconds. An engine takes under 10 ms; a wrapper script may take longer. */
const LIMIT_MS = 5000;

/** The most characters that are read: much more than `--version` prints. */
const MAX_PRINTED = 64 * 1024;

/**
 * Runs `<binary> --version` and reads `Rivet <version>` from its output. Undefined if the binary prints no version, fails,
 * or takes over five seconds: a later start will show why.
 *
 * @param environment - The environment variables that the binary inherits, except `RUST_LOG`: a malformed value makes it panic.
 */
export async function readBinaryVersion(
	path: string,
	environment: Environment,
	signal?: AbortSignal,
): Promise<string | undefined> {
	signal?.throwIfAborted();
	const printed = await printedVersion(path, { ...environment, RUST_LOG: undefined }, signal);
	signal?.throwIfAborted();
	return parseBinaryVersion(printed);
}

/**
 * Runs the file in a new process group, and kills the whole group when time is up: a wrapper script that ignores its
 * arguments may have started an engine.
 */
async function printedVersion(
	path: string,
	env: Environment,
	signal: AbortSignal | undefined,
): Promise<string> {
	return await new Promise((resolve) => {
		let printed = "";
		const finish = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", end);
			resolve(printed);
		};
		const end = (): void => {
			killGroup(child?.pid);
			finish();
		};
		const timer = setTimeout(end, LIMIT_MS);
		const child = start(path, env);
		signal?.addEventListener("abort", end, { once: true });
		child?.stdout.setEncoding("utf8").on("data", (chunk: string) => {
			printed += chunk;
			if (printed.length > MAX_PRINTED) end();
		});
		child?.once("error", finish).once("close", finish);
		if (child === undefined) finish();
	});
}

function start(path: string, env: Environment): ChildProcessByStdio<null, Readable, null> | undefined {
	try {
		return spawn(path, ["--version"], {
			env,
			stdio: ["ignore", "pipe", "ignore"],
			detached: true,
			windowsHide: true,
		});
	} catch {
		// ETXTBSY and similar errors are thrown rather than emitted.
		return undefined;
	}
}

function killGroup(leader: number | undefined): void {
	try {
		if (leader !== undefined) process.kill(-leader, "SIGKILL");
	} catch {
		// The group has ended.
	}
}

/** Parses the output of `rivet-engine --version`, whose first line is `Rivet 2.3.19`. */
export function parseBinaryVersion(printed: string): string | undefined {
	return /^Rivet (\d+\.\d+\.\d+\S*)\s*$/m.exec(printed)?.[1];
}
