import { readdirSync, readFileSync } from "node:fs";

/** `O_CLOEXEC`, as `/proc/<pid>/fdinfo` prints it. @see open(2) */
const O_CLOEXEC = 0o2000000;

/**
 * Lists the descriptors of this process, above the three standard ones, that a child would inherit because they lack the
 * close-on-exec flag. A shell's `flock` holds its lock on such a descriptor. Linux only; empty elsewhere. The function is
 * synchronous, so that no descriptor can appear between the question and the spawn.
 */
export function inheritedDescriptors(): readonly number[] {
	if (process.platform !== "linux") return [];
	try {
		return readdirSync("/proc/self/fdinfo")
			.map(Number)
			.filter((descriptor) => descriptor > 2 && isInherited(descriptor));
	} catch {
		return [];
	}
}

function isInherited(descriptor: number): boolean {
	try {
		const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[1];
		return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
	} catch {
		// The list also contains the descriptor through which it was read. It is closed by now.
		return false;
	}
}
