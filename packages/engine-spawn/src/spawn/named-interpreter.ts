import { closeSync, openSync, readSync } from "node:fs";

/** The program that the system needs to execute a file: the loader of an ELF file, or the interpreter of a script. */
export interface NamedInterpreter {
	readonly kind: "loader" | "interpreter";
	readonly path: string;
}

/**
 * Reads the loader or interpreter that a file names. Returns undefined for a static program, and if the file cannot
 * be read.
 */
export function namedInterpreter(file: string): NamedInterpreter | undefined {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(file, "r");
		const start = readAt(descriptor, 0, START_BYTES);
		if (start.subarray(0, 2).toString("latin1") === "#!") return shebang(start);
		const loader = start.subarray(0, 4).toString("latin1") === "\x7fELF" && elfLoader(descriptor, start);
		return loader ? { kind: "loader", path: loader } : undefined;
	} catch {
		return undefined;
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

/** The part of a file that is read: it holds the ELF header with the program headers, or the first line of a script. */
const START_BYTES = 4096;

const MAX_PATH_BYTES = 4096;

function shebang(start: Buffer): NamedInterpreter | undefined {
	const path = /^#![ \t]*([^ \t\n]+)/.exec(start.toString("utf8"))?.[1];
	return path === undefined ? undefined : { kind: "interpreter", path };
}

const PT_INTERP = 3;

/** Reads the loader from a 64-bit little-endian ELF file, the format of every engine. @see elf(5) */
function elfLoader(descriptor: number, start: Buffer): string | undefined {
	if (start[4] !== 2 || start[5] !== 1) return undefined;
	const headers = Number(start.readBigUInt64LE(32));
	const sizeBytes = start.readUInt16LE(54);
	for (let index = 0; index < start.readUInt16LE(56); index++) {
		const header = start.subarray(headers + index * sizeBytes);
		if (header.readUInt32LE(0) !== PT_INTERP) continue;
		const length = Math.min(Number(header.readBigUInt64LE(32)), MAX_PATH_BYTES);
		return readAt(descriptor, Number(header.readBigUInt64LE(8)), length)
			.toString("utf8")
			.split("\0")[0];
	}
	return undefined;
}

function readAt(descriptor: number, position: number, length: number): Buffer {
	const buffer = Buffer.alloc(length);
	return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
}
