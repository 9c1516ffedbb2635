import { keepComplete } from "./keep-complete.ts";
import type { ProcessReader, ProcessSighting } from "./process-reader.ts";
import type { RunCommand } from "./run-command.ts";

/** Makes a reader that runs macOS programs. They are part of the system, at fixed paths. */
export function darwinReader(run: RunCommand): ProcessReader {
	const ask = (file: string, ...args: readonly string[]): Promise<string | null> =>
		run(file, args, { environment: { LC_ALL: "C", TZ: "UTC" } });
	return {
		// Each column has its own -o: POSIX lets ps use everything after the first `=` of an -o as a heading.
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
 * Parses the line that `ps -o stat= -o lstart= -p <pid>` prints. The date comes from `strftime("%c")`, which has this form
 * only in the C locale; with a date in another form, the process counts as unreadable.
 *
 * @see https://keith.github.io/xcode-man-pages/ps.1.html
 */
export function parsePs(output: string | null): ProcessSighting {
	const [, state = "", startTime = ""] = /^(\S+) *(.*?) *\n?$/.exec(output ?? "") ?? [];
	if (state.startsWith("Z")) return { kind: "ended" };
	return DATE.test(startTime) ? { kind: "running", startTime } : { kind: "unreadable" };
}

/** Parses the output of `sysctl -n kern.bootsessionuuid`. */
export function parseBootSession(output: string | null): string | null {
	return new RegExp(`^${UUID}$`).exec(output?.trim() ?? "")?.[0] ?? null;
}

/** Parses the machine id from the output of `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function parsePlatformUuid(output: string | null): string | null {
	return new RegExp(`^[ |]*"IOPlatformUUID" = "(${UUID})"$`, "m").exec(output ?? "")?.[1] ?? null;
}
