import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { journalLine, judgeJournal, parseJournal, type Verdict } from "./journal.ts";

/** What makes a race harder still. */
export interface Disturbances {
	/** The time of day jumps by hours. */
	readonly clockJumps?: boolean;
	/** Whoever dies with the lock leaves garbage in its file. */
	readonly spoilsFiles?: boolean;
	/** Some delete the folder when they are done, just before they release. */
	readonly deletesFolder?: boolean;
}

/** What is raced for, and how long. */
export interface RaceOptions extends Disturbances {
	/** How often the lock is had before the race is over. */
	readonly acquisitions: number;
	/** The address of the lock's module, as built. */
	readonly lockModule: string;
	readonly folder: string;
	/** A file for this race alone. */
	readonly journal: string;
}

const PROCESSES = 8;
/** Without the certificates that Node would read at every start, which takes longer than all the rest of it. */
const environment = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * Has eight processes take a lock again and again. Whoever dies with it is replaced. Some are stopped for a few
 * milliseconds wherever they are just then, or killed there. At the end all are killed.
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
	// Who dies from here on does so without a note.
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
			// Where the folder is deleted nobody may die on the way to the lock: finding out that a number belongs to
			// the folder of before, it would leave one that is above the holder's and counts in its place.
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

/** Only of a process that certainly stands still can it be noted that it was still inside when it died. */
function killStopped(child: ChildProcess, journal: string): void {
	const { pid = 0 } = child;
	if (!/\) T /.test(stat(pid))) return;
	appendFileSync(journal, journalLine({ at: process.hrtime.bigint(), pid, kind: "die" }));
	child.kill("SIGKILL");
}

/** Empty where there is no such process, or no procfs. */
function stat(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, "utf8");
	} catch {
		return "";
	}
}
