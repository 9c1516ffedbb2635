import { localReader } from "./reader/local-reader.ts";
import type { ProcessReader } from "./reader/process-reader.ts";

/**
 * What tells one process from every other, also after its pid was given to another one, after a
 * restart of the machine, and from another container. Null where the platform does not say.
 *
 * Linux is tested. What is said of macOS and Windows follows the documentation and the sources named
 * here and has not been run on either.
 */
export interface ProcessIdentity {
	readonly pid: number;
	/**
	 * When it was started.
	 * - Linux: clock ticks since the boot, field 22 of `/proc/<pid>/stat`.
	 * - macOS: the second in UTC, as `ps -o lstart` writes it, such as `Mon Nov 23 08:54:41 2026`.
	 * - Windows: `CreationDate` of `Win32_Process` in ticks of 100 ns in UTC, exact to the microsecond.
	 *
	 * @see proc_pid_stat(5)
	 * @see https://keith.github.io/xcode-man-pages/ps.1.html
	 * @see https://learn.microsoft.com/windows/win32/cimwin32prov/win32-process
	 * @see https://learn.microsoft.com/dotnet/api/system.datetime.ticks
	 */
	readonly startTime: string | null;
	/**
	 * Which boot of the machine.
	 * - Linux: `/proc/sys/kernel/random/boot_id`.
	 * - macOS: the sysctl `kern.bootsessionuuid`.
	 * - Windows: always `any`, as start times there tell the processes of two boots apart by themselves;
	 *   null without a machine id.
	 *
	 * @see random(4)
	 * @see https://github.com/apple-oss-distributions/xnu/blob/main/bsd/kern/kern_sysctl.c
	 */
	readonly bootId: string | null;
	/**
	 * Which machine.
	 * - Linux: `/etc/machine-id`.
	 * - macOS: `IOPlatformUUID` of the I/O registry.
	 * - Windows: `MachineGuid` in `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography`.
	 *
	 * @see machine-id(5)
	 * @see https://opentelemetry.io/docs/specs/semconv/resource/host/ for the same three sources
	 */
	readonly machineId: string | null;
	/**
	 * Within which processes the pid is unique.
	 * - Linux: the target of `/proc/self/ns/pid`.
	 * - macOS and Windows: always `none`.
	 *
	 * @see pid_namespaces(7)
	 */
	readonly pidNamespace: string | null;
}

/** The identity of the process that has `pid` now, or undefined if none has. A zombie counts as none. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
	return identifyWith(localReader(), pid);
}

/** Identifies by what `reader` sees. A pid that nobody has is not even asked for. */
export async function identifyWith(reader: ProcessReader, pid: number): Promise<ProcessIdentity | undefined> {
	if (!pidExists(pid)) return undefined;
	const [sighting, place] = await Promise.all([reader.readProcess(pid), reader.readPlace()]);
	switch (sighting.kind) {
		case "running":
			return { pid, startTime: sighting.startTime, ...place };
		case "ended":
			return undefined;
		case "unreadable":
			return pidExists(pid) ? { pid, startTime: null, ...place } : undefined;
	}
}

/**
 * Whether some process, even a zombie or one that may not be signalled, has this pid in our namespace. It may be
 * another by now than the one that was meant: {@link judgeProcess} tells.
 */
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
