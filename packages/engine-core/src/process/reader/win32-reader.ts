import { keepComplete } from "./keep-complete.ts";
import type { ProcessReader, ProcessSighting } from "./process-reader.ts";
import type { RunCommand } from "./run-command.ts";

/** Asks Windows PowerShell 5.1, which is part of every Windows. */
export function win32Reader(run: RunCommand): ProcessReader {
	const ask = (expression: string): Promise<string | null> =>
		run("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", `${PREPARE} ${expression}`]);
	return {
		// WMI also tells of the processes of other users, which Get-Process may not look into.
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
 * Without the second statement PowerShell would look for its commands among those of PowerShell 7, which
 * it cannot load, where Node was started from there.
 *
 * @see https://github.com/PowerShell/PowerShell/issues/27774
 */
const PREPARE = "$ErrorActionPreference = 'Stop'; $env:PSModulePath = $PSHOME + '\\Modules';";

/**
 * Windows counts its boots (`BootId` in `PrefetchParameters`), but nowhere says that this number stays the
 * same for as long as a process lives: it may be written late in a boot, and services live through the
 * shutdown and start of "fast startup". To take a living process for one of an earlier boot is the worst
 * of mistakes, and nothing is won by the number: a start time in UTC, exact to the microsecond, comes
 * with one boot only. Of two machines it does not tell which; hence null without a machine id.
 */
const ANY_BOOT = "any";

/**
 * Reads `DateTime.Ticks`, which has 18 digits until the year 3169. PowerShell fails, and so says nothing,
 * where no process has the pid or access is denied.
 *
 * @see https://learn.microsoft.com/dotnet/api/system.datetime.ticks
 */
export function parseTicks(output: string | null): ProcessSighting {
	const [, startTime] = /^\s*(\d{18})\s*$/.exec(output ?? "") ?? [];
	return startTime === undefined ? { kind: "unreadable" } : { kind: "running", startTime };
}

/** Reads the id that Windows got when it was installed. */
export function parseMachineGuid(output: string | null): string | null {
	return /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$/i.exec(output ?? "")?.[1] ?? null;
}
