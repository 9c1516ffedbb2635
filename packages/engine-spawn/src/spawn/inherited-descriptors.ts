import { readdirSync, readFileSync } from "node:fs";

/** `O_CLOEXEC`, as `/proc/<pid>/fdinfo` prints it. @see open(2) */
const O_CLOEXEC = 0o2000000;

/**
 * The descriptors of this process, above the three standard ones, that a child would inherit: those
 * without the close-on-exec flag, such as the one on which a shell's `flock` holds its lock. Linux only;
 * empty elsewhere. Synchronous, so that none can appear between asking and spawning.
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
		// The descriptor with which the folder was listed is closed by now.
		return false;
	}
}
