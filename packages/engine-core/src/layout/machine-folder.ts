import { lstatSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Environment } from "./storage-layout.ts";

/** A folder that may be used, or the reason against it. */
export type MachineFolder =
	| { readonly kind: "usable"; readonly path: string }
	| { readonly kind: "refused"; readonly path: string; readonly reason: string };

/**
 * Returns the folder for data of this machine and user, such as port locks, and creates the folder if it is missing:
 * `<temporary folder>/rivet-engine-<user id>`. Other users can create a folder with this name, so it is used only if it
 * belongs to this user and is closed to all others.
 *
 * @param environment - If it has an absolute `TMPDIR`, that path replaces the system's temporary folder.
 */
export function machineFolder(environment: Environment): MachineFolder {
	const folder = machineFolderPath(environment);
	try {
		mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code !== "EEXIST") return { kind: "refused", path: folder, reason: message };
	}
	return judgeFolder(folder);
}

/** Does the same as {@link machineFolder}, but does not create the folder. */
export function findMachineFolder(
	environment: Environment,
): MachineFolder | { readonly kind: "absent"; readonly path: string } {
	const folder = machineFolderPath(environment);
	const isThere = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
	return isThere ? judgeFolder(folder) : { kind: "absent", path: folder };
}

function machineFolderPath(environment: Environment): string {
	const user = process.getuid?.();
	const name = user === undefined ? "rivet-engine" : `rivet-engine-${user}`;
	const temporary = environment["TMPDIR"];
	const isUsable = temporary !== undefined && path.isAbsolute(temporary);
	return path.join(isUsable ? temporary : os.tmpdir(), name);
}

function judgeFolder(folder: string): MachineFolder {
	const user = process.getuid?.();
	const reason = user === undefined ? undefined : objection(folder, user);
	return reason === undefined ? { kind: "usable", path: folder } : { kind: "refused", path: folder, reason };
}

function objection(folder: string, user: number): string | undefined {
	try {
		const stats = lstatSync(folder);
		if (!stats.isDirectory()) return `'${folder}' is not a folder`;
		if (stats.uid !== user) return `'${folder}' belongs to another user`;
		return (stats.mode & 0o077) === 0 ? undefined : `others may look into '${folder}': run chmod 700`;
	} catch (error) {
		return (error as Error).message;
	}
}
