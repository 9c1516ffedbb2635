import { darwinReader } from "./darwin-reader.ts";
import { linuxReader } from "./linux-reader.ts";
import type { ProcessReader } from "./process-reader.ts";
import { type RunCommand, runCommand } from "./run-command.ts";
import { win32Reader } from "./win32-reader.ts";

let local: ProcessReader | undefined;

/** Returns this platform's reader, always the same object, since the reader caches facts that cannot change. */
export function localReader(): ProcessReader {
	local ??= readerOf(process.platform, runCommand);
	return local;
}

/** Makes the reader for a platform. On an unknown platform, the reader finds nothing. */
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
