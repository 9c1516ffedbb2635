import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { journalLine, judgeJournal, parseJournal, type Verdict } from "./journal.ts";

/** Disturbances that make a race harder. */
export interface Disturbances {
	/** The time of day jumps by hours. */
	readonly clockJumps?: boolean;
	/** A process that dies with the lock leaves garbage in its file. */
	readonly spoilsFiles?: boolean;
	/** Some processes delete the folder just before they release the lock. */
	readonly deletesFolder?: boolean;
}

/** The lock of a race, and the length of the race. */
export interface RaceOptions extends Disturbances {
	/** The number of acquisitions after which the race ends. */
	readonly acquisitions: number;
	/** URL of the built lock module. */
	readonly lockModule: string;
	readonly folder: string;
	/** Path of the journal, a file for this race only. */
	readonly journal: string;
}

const PROCESSES = 8;
/** Environment variables without `NODE_EXTRA_CA_CERTS`: Node would read these certificates at every start, which is slow. */
const environment = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * Makes eight processes take a lock again and again. A process that dies with the lock is replaced. Some processes are
 * stopped for a few milliseconds, or killed, at random points. At the end all processes are killed.
 */
export async function runRace(options: RaceOptions): Promise<Verdict> {
	writeFileSync(options.journal, "");
	const read = (): string => readFileSync(options.journal, "utf8");
	await using crew = startCrew(options);
	while (read().split(" enter\n").length <= options.acquisitions) {
		await crew.disturbOne();
		crew.throwIfFailed();
	}
	const end = process.hrtime.bigint();
	// Deaths from here on are not written to the journal.
	return judgeJournal(parseJournal(read()).filter(({ at }) => at < end));
}

interface Crew extends AsyncDisposable {
	disturbOne(): Promise<void>;
	throwIfFailed(): void;
}

function startCrew(options: RaceOptions): Crew {
	const members = new Set<ChildProcess>();
	const failures: string[] = [];
	let isOver = false;
	const startOne = (): void => {
		const child = spawn(process.execPath, [worker, JSON.stringify(options)], {
			env: environment,
			stdio: ["ignore", "ignore", "pipe"],
		});
		members.add(child);
		let stderr = "";
		child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
			stderr += chunk;
		});
		child.once("close", (code, signal) => {
			members.delete(child);
			if (signal !== "SIGKILL") failures.push(`A process ended with ${code ?? signal}: ${stderr}`);
			else if (!isOver) startOne();
		});
	};
	for (let count = 0; count < PROCESSES; count++) startOne();
	return {
		async disturbOne() {
			const child = [...members][Math.floor(Math.random() * members.size)];
			if (child === undefined) return;
			child.kill("SIGSTOP");
			await sleep(Math.random() * 8);
			// If the folder is deleted, no process may die on its way to the lock: it could leave a number of the former
			// folder that is above the holder's number and counts in its place.
			if (!options.deletesFolder && Math.random() < 0.01) killStopped(child, options.journal);
			child.kill("SIGCONT");
		},
		throwIfFailed() {
			if (failures.length > 0) throw new Error(failures.join("\n"));
		},
		async [Symbol.asyncDispose]() {
			isOver = true;
			await Promise.all(
				[...members].map(async (child) => {
					const closed = once(child, "close");
					child.kill("SIGKILL");
					await closed;
				}),
			);
		},
	};
}

/** Kills a process that stands still: only then it is certain that the process was still inside when it died. */
function killStopped(child: ChildProcess, journal: string): void {
	const { pid = 0 } = child;
	if (!/\) T /.test(stat(pid))) return;
	appendFileSync(journal, journalLine({ at: process.hrtime.bigint(), pid, kind: "die" }));
	child.kill("SIGKILL");
}

/** Reads the state of a process; empty if there is no such process, or no procfs. */
function stat(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, "utf8");
	} catch {
		return "";
	}
}
