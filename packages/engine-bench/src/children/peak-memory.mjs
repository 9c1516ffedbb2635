import { readFileSync } from "node:fs";

/**
 * The most memory that this process had until now, in bytes. Where `/proc` tells it, it is taken from there: what
 * `getrusage` says begins, on Linux, with the memory of the process that this one was forked from.
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
