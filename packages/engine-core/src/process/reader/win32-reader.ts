import { keepComplete } from "./keep-complete.ts";
import type { ProcessReader, ProcessSighting } from "./process-reader.ts";
import type { RunCommand } from "./run-command.ts";

/** Makes a reader that asks Windows PowerShell 5.1, which is part of every Windows. */
export function win32Reader(run: RunCommand): ProcessReader {
	const ask = (expression: string): Promise<string | null> =>
		run("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", `${PREPARE} ${expression}`]);
	return {
		// WMI also reports the start times of other users' processes, which Get-Process may not read.
		readProcess: async (pid) =>
			parseTicks(
				await ask(
					`(Get-CimInstance -ClassName Win32_Process -Filter 'ProcessId = ${pid}' -Property CreationDate).CreationDate.ToUniversalTime().Ticks`,
				),
			),
		readPlace: keepComplete(async () => {
			const machineId = parseMachineGuid(
				await ask(
					"(Get-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Microsoft\\Cryptography' -Name MachineGuid).MachineGuid",
				),
			);
			return { bootId: machineId === null ? null : ANY_BOOT, machineId, pidNamespace: "none" };
		}),
	};
}

/**
 * Statements before each expression. Without the second statement, a Node that was started from PowerShell 7 would make
 * Windows PowerShell look for commands among the modules of PowerShell 7, which it cannot load.
 *
 * @see https://github.com/PowerShell/PowerShell/issues/27774
 */
const PREPARE = "$ErrorActionPreference = 'Stop'; $env:PSModulePath = $PSHOME + '\\Modules';";

/**
 * The boot id of every process on Windows. Windows counts its boots (`BootId` in `PrefetchParameters`), but does not
 * promise that this number stays the same as long as a process lives: it may be written late in a boot, and services
 * survive the shutdown and start of "fast startup". A living process must never look like a process of an earlier
 * boot, and the number is not needed: a start time in UTC, exact to the microsecond, occurs in one boot only. The start
 * time does not distinguish two machines, so the boot id is null if the machine id is unknown.
 */
const ANY_BOOT = "any";

/**
 * Parses `DateTime.Ticks`, which has 18 digits until the year 3169. PowerShell fails and prints nothing if no process has
 * the pid, or if access is denied.
 *
 * @see https://learn.microsoft.com/dotnet/api/system.datetime.ticks
 */
export function parseTicks(output: string | null): ProcessSighting {
	const [, startTime] = /^\s*(\d{18})\s*$/.exec(output ?? "") ?? [];
	return startTime === undefined ? { kind: "unreadable" } : { kind: "running", startTime };
}

/** Parses the id that Windows got when it was installed. */
export function parseMachineGuid(output: string | null): string | null {
	return /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$/i.exec(output ?? "")?.[1] ?? null;
}
