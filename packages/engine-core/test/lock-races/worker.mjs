// One process of a race: it takes the lock again and again, until it dies with it.
import { openSync, renameSync, writeSync } from "node:fs";
import { chance, makeClockJump, pause, pauseAtFileOperations, spoilHighest } from "./disturbances.mjs";

const { lockModule, folder, journal, clockJumps, spoilsFiles, deletesFolder } = JSON.parse(process.argv[2]);
const { withLock } = await import(lockModule);
// Appended in one write each, so lines of several processes stay whole.
const descriptor = openSync(journal, "a");
const note = (kind) => writeSync(descriptor, `${process.hrtime.bigint()} ${process.pid} ${kind}\n`);

if (clockJumps) makeClockJump();
pauseAtFileOperations(folder, ["readdirSync", "readFileSync", "writeFileSync", "linkSync", "renameSync"]);
// Whoever stands still between finding that a file is its own and removing it removes another's of the same
// number if the folder is deleted twice meanwhile. No file system offers the two in one.
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

/** In one step: files that are removed one by one would take along those of a lock that is taken meanwhile. */
function deleteFolder() {
	try {
		renameSync(folder, `${folder}.${crypto.randomUUID()}`);
	} catch {
		// Somebody else had the lock as well, which the journal shows.
	}
	pause(Math.random() * 5);
}
