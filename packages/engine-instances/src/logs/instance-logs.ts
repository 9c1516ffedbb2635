import { readdir } from "node:fs/promises";
import path from "node:path";
import type { EngineLogs, InstanceLayout } from "@rivetkit/engine-core";
import { readRecords } from "../records/record.ts";

/**
 * Finds the log files of the instance's last start: the recorded files, or newer files in its folder, which may be from
 * rivetkit. Undefined if there are no files.
 */
export async function instanceLogs(layout: InstanceLayout): Promise<EngineLogs | undefined> {
	const { recorded } = await readRecords(layout);
	const names = await readdir(layout.logsFolder).catch(() => []);
	const newest = newestLog(names);
	const logs = recorded.kind === "present" ? recorded.record.logs : undefined;
	// The record is more reliable than a file name, so it is used unless a file is newer.
	const isStale =
		logs !== undefined && newest !== undefined && startedAt(path.basename(logs.stdout)) < startedAt(newest);
	if (logs !== undefined && !isStale) return logs;
	if (newest === undefined) return undefined;
	const stdout = path.join(layout.logsFolder, newest);
	return { stdout, stderr: stdout.replace(/-stdout\.log$/, "-stderr.log") };
}

/** Picks the newest of the files with an engine's standard output, by the second in its name. */
export function newestLog(names: readonly string[]): string | undefined {
	const logs = names.filter((name) => /^engine-\d+(?:-\d+-[0-9a-f]+)?-stdout\.log$/.test(name));
	return logs.sort((left, right) => startedAt(left) - startedAt(right)).at(-1);
}

function startedAt(name: string): number {
	return Number(name.split("-")[1]);
}
