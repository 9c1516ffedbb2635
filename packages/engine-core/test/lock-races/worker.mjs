// A process of a race: it takes the lock again and again, until it dies with the lock.
import { openSync, renameSync, writeSync } from "node:fs";
import { chance, makeClockJump, pause, pauseAtFileOperations, spoilHighest } from "./disturbances.mjs";

const { lockModule, folder, journal, clockJumps, spoilsFiles, deletesFolder } = JSON.parse(process.argv[2]);
const { withLock } = await import(lockModule);
// Each line is appended in a single write, so that lines of several processes stay whole.
const descriptor = openSync(journal, "a");
const note = (kind) => writeSync(descriptor, `${process.hrtime.bigint()} ${process.pid} ${kind}\n`);

if (clockJumps) makeClockJump();
pauseAtFileOperations(folder, ["readdirSync", "readFileSync", "writeFileSync", "linkSync", "renameSync"]);
// A process checks that a file is its own, and then removes it. If the folder is deleted twice in between, the process
// removes another process's file with the same number. No file system can check and remove in a single step.
if (!deletesFolder) pauseAtFileOperations(folder, ["rmSync"]);
const parent = process.ppid;
while (process.ppid === parent) {
	await withLock(folder, async (lock) => {
		if (lock.kind !== "held") {
			note("unavailable");
			return;
		}
		note("enter");
		if (chance(0.5)) pause(Math.random() * 3);
		if (chance(0.2)) die();
		note("leave");
		if (deletesFolder && chance(0.3)) deleteFolder();
	});
	if (chance(0.8)) pause(Math.random() * 5);
}

function die() {
	note("die");
	if (spoilsFiles) spoilHighest(folder);
	process.kill(process.pid, "SIGKILL");
}

/** Removes the folder in a single step: a removal file by file could remove files of a newer lock. */
function deleteFolder() {
	try {
		renameSync(folder, `${folder}.${crypto.randomUUID()}`);
	} catch {
		// Another process held the lock, too, which the journal shows.
	}
	pause(Math.random() * 5);
}
