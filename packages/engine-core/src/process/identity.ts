import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { parseProcStat } from "./proc-stat.ts";

/**
 * What tells one process from every other, also after its pid was given to another one, after a
 * restart of the machine, and from another container. Null where the platform does not say.
 */
export interface ProcessIdentity {
	readonly pid: number;
	/** Field 22 of `/proc/<pid>/stat`: clock ticks between boot and the start of the process. */
	readonly startTime: string | null;
	/** `/proc/sys/kernel/random/boot_id`. */
	readonly bootId: string | null;
	/** `/etc/machine-id`. */
	readonly machineId: string | null;
	/** The target of `/proc/self/ns/pid`. */
	readonly pidNamespace: string | null;
}

/** The identity of the process that has `pid` now, or undefined if none has. A zombie counts as none. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
	if (process.platform !== "linux") {
		return pidExists(pid)
			? { pid, startTime: null, bootId: null, machineId: null, pidNamespace: null }
			: undefined;
	}
	const stat = readOrNull(`/proc/${pid}/stat`);
	const place = identifyPlace();
	// Unreadable is not absent: procfs may hide it (`hidepid`), or this process be out of descriptors.
	if (stat === null) return pidExists(pid) ? { pid, startTime: null, ...place } : undefined;
	const { state, startTime } = parseProcStat(stat);
	return state === "Z" || state === "X" ? undefined : { pid, startTime, ...place };
}

/** The session that a process belongs to, by the pid of its leader. Undefined where that cannot be told. */
export async function sessionOfProcess(pid: number): Promise<number | undefined> {
	const stat = readOrNull(`/proc/${pid}/stat`);
	return stat === null ? undefined : parseProcStat(stat).session;
}

/**
 * The living processes of a session whose leader has ended, by the leader's pid. While there are any, the
 * kernel gives that number to nobody; so where some process has it, the session is another one, and the
 * answer is empty. Linux only; empty elsewhere.
 */
export async function sessionSurvivors(leader: number): Promise<readonly number[]> {
	const pids = orNull(() => readdirSync("/proc")) ?? [];
	const members = pids.map(Number).filter((pid) => {
		const stat = pid > 0 ? readOrNull(`/proc/${pid}/stat`) : null;
		const parsed = stat === null ? undefined : parseProcStat(stat);
		return parsed?.session === leader && parsed.state !== "Z" && parsed.state !== "X";
	});
	return members.includes(leader) ? [] : members;
}

/** What an identity says of the machine, its boot and the pid namespace, for this process. */
export function identifyPlace(): Omit<ProcessIdentity, "pid" | "startTime"> {
	return {
		bootId: readOrNull("/proc/sys/kernel/random/boot_id")?.trim() ?? null,
		machineId: readOrNull("/etc/machine-id")?.trim() || null,
		pidNamespace: orNull(() => readlinkSync("/proc/self/ns/pid")),
	};
}

/** Whether some process, even a zombie, has this pid in our namespace. */
export function pidExists(pid: number): boolean {
	// To the kernel 0 and below are groups of processes.
	if (pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** Synchronous: these files are the kernel's answers and never wait for a disk. */
function readOrNull(path: string): string | null {
	return orNull(() => readFileSync(path, "utf8"));
}

function orNull<Value>(read: () => Value): Value | null {
	try {
		return read();
	} catch {
		return null;
	}
}
