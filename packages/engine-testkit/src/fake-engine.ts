import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processGone } from "./process-gone.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The behaviour of a fake engine. */
export interface FakeEngineBehaviour {
	/** Milliseconds from the start until the guard listens. @defaultValue 0 */
	readonly healthyAfterMs?: number | "never";
	/** Set if the engine ends by itself: at once, or after serving for `afterMs` milliseconds. */
	readonly exit?: {
		readonly code: number;
		readonly stdout?: string;
		readonly stderr?: string;
		readonly afterMs?: number;
	};
	/** The signal with which the engine ends itself instead of an exit code. `exit` may set the time and the output. */
	readonly signalSelf?: NodeJS.Signals;
	/** @defaultValue `engine` */
	readonly runtime?: string;
	/** @defaultValue `2.3.19` */
	readonly version?: string;
	/** A field of `/health` that engines of version 3 have. */
	readonly architecture?: string;
	/** True if SIGTERM and SIGINT do nothing. Otherwise each ends the engine with code 0. */
	readonly ignoreSigterm?: boolean;
}

/** The facts that a fake engine has recorded about itself at its start. Some are known on Linux only. */
export interface FakeEngineReport {
	readonly pid: number;
	readonly ppid: number;
	/** The arguments after the interpreter and the script. */
	readonly argv: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly cwd: string;
	readonly descriptors: readonly { readonly fd: number; readonly target: string }[];
	readonly session: number;
	readonly processGroup: number;
}

/** An executable that behaves like an engine. Disposing kills the processes of this executable and removes its files. */
export interface FakeEngine extends AsyncDisposable {
	readonly path: string;
	readonly folder: string;
	readonly reportPath: string;
	/** Reads the report of the last start. Waits up to 10 s for the first start. */
	report(): Promise<FakeEngineReport>;
}

/**
 * Creates a fake engine: a Node program that ends by itself after 120 s.
 *
 * @param options - `folder`: the folder for the program. @defaultValue a temporary folder, removed on disposal
 */
export async function createFakeEngine(
	behaviour: FakeEngineBehaviour = {},
	options: { readonly folder?: string } = {},
): Promise<FakeEngine> {
	const temporary = options.folder === undefined ? await temporaryFolder("rivet fake engine") : undefined;
	const folder = temporary?.path ?? path.resolve(options.folder ?? "");
	await mkdir(folder, { recursive: true });
	const file = path.join(folder, "rivet-engine");
	const reportPath = `${file}.report.json`;
	const pidsPath = `${file}.pids`;
	const program = readFileSync(new URL("./fake-engine-program.cjs", import.meta.url), "utf8");
	const settings = JSON.stringify({ behaviour, reportPath, pidsPath });
	// Synchronously, because a child that is forked while the file is open for writing would make the file "busy".
	writeFileSync(file, `#!/usr/bin/env node\nconst settings = ${settings};\n${program}`);
	chmodSync(file, 0o755);
	return {
		path: file,
		folder,
		reportPath,
		report: async () => JSON.parse(await readWhenThere(reportPath)),
		async [Symbol.asyncDispose]() {
			await endAll(file, pidsPath);
			await Promise.all([file, reportPath, pidsPath].map((each) => rm(each, { force: true })));
			await temporary?.[Symbol.asyncDispose]();
		},
	};
}

async function readWhenThere(file: string): Promise<string> {
	const deadline = performance.now() + 10_000;
	for (;;) {
		const text = await readFile(file, "utf8").catch(() => undefined);
		if (text !== undefined) return text;
		if (performance.now() > deadline)
			throw new Error(`The fake engine has not written '${file}' within 10 s.`);
		await delay(10);
	}
}

async function endAll(file: string, pidsPath: string): Promise<void> {
	const text = await readFile(pidsPath, "utf8").catch(() => "");
	const pids = text.split("\n").filter(Boolean).map(Number);
	await Promise.all(
		pids.map(async (pid) => {
			// The pid may belong to another process by now.
			const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
			if (!commandLine.split("\0").includes(file)) return;
			try {
				process.kill(pid, "SIGKILL");
			} catch {
				return; // The process has ended just now.
			}
			await processGone(pid);
		}),
	);
}
