import { readFileSync } from "node:fs";

/**
 * Returns the most memory that this process has had, in bytes, from `/proc` where that exists. On Linux the value of
 * `getrusage` begins with the memory of the parent process.
 */
export function peakMemoryBytes() {
	return procPeakBytes() ?? process.resourceUsage().maxRSS * 1024;
}

function procPeakBytes() {
	try {
		const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
	} catch {
		return undefined;
	}
}
