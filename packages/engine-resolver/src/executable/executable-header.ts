/** The number of bytes that {@link readExecutableHeader} needs from the start of a file. */
export const HEADER_BYTES = 64;

/** Facts that the first bytes of a file show. */
export type ExecutableHeader =
	| { readonly kind: "script" }
	/** A program for this platform. `minimumSizeBytes` is 0 if unknown, which is so for all formats except ELF. */
	| { readonly kind: "native"; readonly minimumSizeBytes: number }
	| { readonly kind: "other-platform"; readonly platform: string }
	| { readonly kind: "unknown" };

/** Reads the start of an executable file: ELF, Mach-O, PE or a script. */
export function readExecutableHeader(
	start: Buffer,
	host: { readonly platform: string; readonly arch: string },
): ExecutableHeader {
	if (start.subarray(0, 2).toString("latin1") === "#!") return { kind: "script" };
	if (start.subarray(0, 4).toString("latin1") === "\x7fELF") return readElf(start, host);
	if (isMachO(start)) return host.platform === "darwin" ? native() : otherPlatform("darwin");
	if (start.subarray(0, 2).toString("latin1") === "MZ") {
		return host.platform === "win32" ? native() : otherPlatform("win32");
	}
	return { kind: "unknown" };
}

/** Values of `e_machine` for the two architectures that engines are published for. @see elf(5) */
const ELF_MACHINES: Readonly<Record<number, string>> = { 62: "x64", 183: "arm64" };

function readElf(
	start: Buffer,
	host: { readonly platform: string; readonly arch: string },
): ExecutableHeader {
	if (start.length < HEADER_BYTES) return native(HEADER_BYTES);
	const arch = ELF_MACHINES[start.readUInt16LE(18)] ?? "another architecture";
	if (host.platform !== "linux" || arch !== host.arch) return otherPlatform(`linux on ${arch}`);
	// An executable ends with its section table, so a shorter file was cut off.
	const sectionsStart = Number(start.readBigUInt64LE(40));
	return native(sectionsStart + start.readUInt16LE(58) * start.readUInt16LE(60));
}

function isMachO(start: Buffer): boolean {
	const magic = start.length >= 4 ? start.readUInt32BE(0) : 0;
	return [0xcffaedfe, 0xfeedfacf, 0xcafebabe].includes(magic);
}

function native(minimumSizeBytes = 0): ExecutableHeader {
	return { kind: "native", minimumSizeBytes };
}

function otherPlatform(platform: string): ExecutableHeader {
	return { kind: "other-platform", platform };
}
