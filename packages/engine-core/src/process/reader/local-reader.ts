import { darwinReader } from "./darwin-reader.ts";
import { linuxReader } from "./linux-reader.ts";
import type { ProcessReader } from "./process-reader.ts";
import { type RunCommand, runCommand } from "./run-command.ts";
import { win32Reader } from "./win32-reader.ts";

let local: ProcessReader | undefined;

/** The reader of this platform; always the same one, as it may keep what cannot change. */
export function localReader(): ProcessReader {
	local ??= readerOf(process.platform, runCommand);
	return local;
}

/** The reader of a platform. Of one that we do not know, nothing can be told. */
export function readerOf(platform: NodeJS.Platform, run: RunCommand): ProcessReader {
	switch (platform) {
		case "linux":
			return linuxReader;
		case "darwin":
			return darwinReader(run);
		case "win32":
			return win32Reader(run);
		default:
			return {
				readProcess: async () => ({ kind: "unreadable" }),
				readPlace: async () => ({ bootId: null, machineId: null, pidNamespace: null }),
			};
	}
}
