import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pidExists } from "@rivetkit/engine-core/process";
import { portsFolder } from "./ports-folder.ts";

/** The number of ports of a reservation. An engine's ports are within a range of 11, those of three engines within 31. */
export const BLOCK_SIZE = 32;

const reserved = new Set<string>();
const prepared = new Set<string>();

/**
 * Reserves the block of ports that starts at `firstPort` for this process, until the process ends. Returns false if
 * the block is reserved already, also by this process. A reservation is a file with the pid of its owner.
 *
 * @param folder - The folder of the reservations. @defaultValue the folder of all test processes
 */
export function reserveBlock(firstPort: number, folder: string = portsFolder()): boolean {
	const file = path.join(folder, String(firstPort));
	if (!prepared.has(folder)) prepare(folder);
	const mine = createExclusively(file) || inherit(file, () => writeFileSync(file, String(process.pid)));
	if (mine) reserved.add(file);
	return mine;
}

function prepare(folder: string): void {
	mkdirSync(folder, { recursive: true });
	if (prepared.size === 0) process.once("exit", releaseAll);
	prepared.add(folder);
	// Vitest ends its workers with a signal, so most workers leave their reservations behind.
	for (const name of readdirSync(folder).filter((each) => /^\d+$/.test(each))) {
		const file = path.join(folder, name);
		inherit(file, () => rmSync(file, { force: true }));
	}
}

/** Runs an action on the reservation of a process that has ended. A second file keeps other processes out in the meantime. */
function inherit(file: string, action: () => void): boolean {
	if (!isStale(file)) return false;
	const claim = `${file}.inherited`;
	if (!createExclusively(claim)) return false;
	try {
		if (!isStale(file)) return false;
		action();
		return true;
	} finally {
		rmSync(claim, { force: true });
	}
}

/** True if the owner has ended. A file without a pid was just created: its owner is about to write the pid. */
function isStale(file: string): boolean {
	try {
		const pid = Number(readFileSync(file, "utf8"));
		return pid > 0 && !pidExists(pid);
	} catch {
		return false;
	}
}

function createExclusively(file: string): boolean {
	try {
		writeFileSync(file, String(process.pid), { flag: "wx" });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

function releaseAll(): void {
	for (const file of reserved) rmSync(file, { force: true });
}
