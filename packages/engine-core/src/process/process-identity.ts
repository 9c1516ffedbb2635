import type { ProcessPlace } from "./reader/process-reader.ts";

/**
 * Identity of a process. No two processes have the same identity, even if they have the same pid at different times, after
 * a restart of the machine, or in different containers. A field is null if it cannot be read.
 *
 * Linux is tested. The fields on macOS and Windows follow the documentation and the sources named here; they were
 * never tested there.
 */
export interface ProcessIdentity extends ProcessPlace {
	readonly pid: number;
	/**
	 * The time at which the process was started.
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
}

/** True if a value that was read from a file has the form of an identity. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
	if (value === null || typeof value !== "object") return false;
	const { pid, startTime, bootId, machineId, pidNamespace } = value as Partial<Record<string, unknown>>;
	const isPid = Number.isInteger(pid) && (pid as number) > 0;
	return (
		isPid &&
		[startTime, bootId, machineId, pidNamespace].every((one) => one === null || typeof one === "string")
	);
}
