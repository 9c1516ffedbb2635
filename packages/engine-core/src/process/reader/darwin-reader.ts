import { keepComplete } from "./keep-complete.ts";
import type { ProcessReader, ProcessSighting } from "./process-reader.ts";
import type { RunCommand } from "./run-command.ts";

/** Asks the programs of macOS. All of them are part of the system, at fixed paths. */
export function darwinReader(run: RunCommand): ProcessReader {
	const ask = (file: string, ...args: readonly string[]): Promise<string | null> =>
		run(file, args, { environment: { LC_ALL: "C", TZ: "UTC" } });
	return {
		// Two -o, as POSIX lets ps take all after the first `=` of one for the heading of a column.
		readProcess: async (pid) =>
			parsePs(await ask("/bin/ps", "-o", "stat=", "-o", "lstart=", "-p", String(pid))),
		readPlace: keepComplete(async () => {
			const [bootId, registry] = await Promise.all([
				ask("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"),
				ask("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"),
			]);
			return {
				bootId: parseBootSession(bootId),
				machineId: parsePlatformUuid(registry),
				pidNamespace: "none",
			};
		}),
	};
}

const UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

const DATE =
	/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/**
 * Reads the line that `ps -o stat= -o lstart= -p <pid>` writes of one process. The date is that of
 * `strftime("%c")`, so it has this form in the C locale only; with another one nothing is said.
 *
 * @see https://keith.github.io/xcode-man-pages/ps.1.html
 */
export function parsePs(output: string | null): ProcessSighting {
	const [, state = "", startTime = ""] = /^(\S+) *(.*?) *\n?$/.exec(output ?? "") ?? [];
	if (state.startsWith("Z")) return { kind: "ended" };
	return DATE.test(startTime) ? { kind: "running", startTime } : { kind: "unreadable" };
}

/** Reads what `sysctl -n kern.bootsessionuuid` writes. */
export function parseBootSession(output: string | null): string | null {
	return new RegExp(`^${UUID}$`).exec(output?.trim() ?? "")?.[0] ?? null;
}

/** Reads the id of the machine in what `ioreg -rd1 -c IOPlatformExpertDevice` writes. */
export function parsePlatformUuid(output: string | null): string | null {
	return new RegExp(`^[ |]*"IOPlatformUUID" = "(${UUID})"$`, "m").exec(output ?? "")?.[1] ?? null;
}
