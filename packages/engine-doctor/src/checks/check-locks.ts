import path from "node:path";
import type { EngineConfiguration } from "@rivetkit/engine-config";
import { findMachineFolder } from "@rivetkit/engine-core";
import type { LockHolder, LockInspection } from "@rivetkit/engine-core/lock";
import { type AreaFinding, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/** Checks who holds the two locks of a start. A start waits for a lock only for a limited time, so no lock is a problem. */
export async function checkLocks(observations: Observations): Promise<readonly AreaFinding[]> {
	const { target, environment, lockTimeoutMs } = observations.configuration;
	const { layout, guardPort } = target;
	const limitMs = lockTimeoutMs.value;
	const { inspectLock } = await import("@rivetkit/engine-core/lock");
	const instance = await inspectLock(layout.lockFolder);
	return [
		...(await checkPortLock(guardPort, environment, limitMs)),
		describe(`The lock of the instance ('${layout.lockFolder}')`, layout.lockFolder, instance, limitMs),
	];
}

/** Returns whether another process holds one of the two locks of a start. */
export async function isStartUnderWay(configuration: EngineConfiguration): Promise<boolean> {
	const machine = findMachineFolder(configuration.environment);
	const folders = [
		configuration.target.layout.lockFolder,
		...(machine.kind === "usable" ? [portLock(machine.path, configuration.target.guardPort)] : []),
	];
	const { inspectLock } = await import("@rivetkit/engine-core/lock");
	const locks = await Promise.all(folders.map((folder) => inspectLock(folder)));
	return locks.some(({ kind }) => kind === "held");
}

function portLock(machineFolder: string, port: number): string {
	return path.join(machineFolder, `ports-${port}`);
}

async function checkPortLock(
	port: number,
	environment: Observations["configuration"]["environment"],
	limitMs: number,
): Promise<readonly AreaFinding[]> {
	const machine = findMachineFolder(environment);
	const what = `The lock of port ${port}`;
	switch (machine.kind) {
		case "absent":
			return [ok(`${what} is free: '${machine.path}' does not exist yet.`)];
		case "refused":
			return [
				notice(
					`${what} cannot be had, so a start goes on without: ${machine.reason}.`,
					`Remove '${machine.path}' or make it a folder of this user's with mode 0700, or set \`TMPDIR\` to another folder.`,
				),
			];
		case "usable": {
			const folder = portLock(machine.path, port);
			const { inspectLock } = await import("@rivetkit/engine-core/lock");
			return [describe(`${what} ('${folder}')`, folder, await inspectLock(folder), limitMs)];
		}
	}
}

function describe(what: string, folder: string, lock: LockInspection, limitMs: number): AreaFinding {
	switch (lock.kind) {
		case "free":
			if (!lock.isGarbage) return ok(`${what} is free.`);
			return notice(
				`${what} is free, though its last file is garbage.`,
				"Start an engine with `startOrReuse`, which writes it again, and check the disk if this is reported again.",
			);
		case "held":
			return describeHolder(what, lock.holder, limitMs);
		case "unreadable":
			return notice(
				`${what} cannot be read, so a start goes on without: ${lock.reason}.`,
				`Remove what is in the way at '${folder}', or make it readable.`,
			);
	}
}

function describeHolder(
	what: string,
	{ identity, judgement, purpose, since }: LockHolder,
	limitMs: number,
): AreaFinding {
	const seconds = Math.round(limitMs / 1000);
	const purposeAndTime = `${purpose === "" ? "" : `, ${purpose}`}${since === "" ? "" : `, since ${since}`}`;
	if (judgement === "alive" && identity !== undefined) {
		return notice(
			`${what} is held by process ${identity.pid}, which is alive${purposeAndTime}; a start waits for it.`,
			`Let process ${identity.pid} finish, or end it if it hangs; after ${seconds} s a start goes on without the lock.`,
		);
	}
	const who = identity === undefined ? "a process" : `process ${identity.pid}`;
	return notice(
		`${what} is held by ${who} that cannot be judged from here, as one in another container${purposeAndTime}; a start waits for it.`,
		`Wait ${seconds} s, after which a start goes on without the lock, or give a shorter \`lockTimeoutMs\` if it is known to be gone.`,
	);
}
