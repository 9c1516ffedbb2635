import { writeFile } from "node:fs/promises";
import path from "node:path";
import { realEnginePath, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { namedInterpreter } from "./named-interpreter.ts";

// Seen to fail: with the first program header taken for the loader's, and with the arguments left on the interpreter's path.

/** Makes a 64-bit ELF file with three program headers, the last of which names a loader. */
function elf(loader: string, changes: readonly (readonly [at: number, byte: number])[] = []): Buffer {
	const file = Buffer.alloc(64 + 3 * 56 + 1000 + 4096);
	file.write("\x7fELF\x02\x01\x01", "latin1");
	file.writeBigUInt64LE(64n, 32);
	file.writeUInt16LE(56, 54);
	file.writeUInt16LE(3, 56);
	const header = 64 + 2 * 56;
	file.writeUInt32LE(3, header);
	file.writeBigUInt64LE(1000n, header + 8);
	file.writeBigUInt64LE(BigInt(loader.length + 1), header + 32);
	file.write(`${loader}\0`, 1000);
	for (const [at, byte] of changes) file[at] = byte;
	return file;
}

describe("B12 the loader or interpreter of a file", () => {
	test.each<[string, string | Buffer, unknown]>([
		["a dynamic program", elf("/lib64/ld.so"), { kind: "loader", path: "/lib64/ld.so" }],
		["a program without a loader", elf("/lib64/ld.so", [[56, 2]]), undefined],
		["a 32-bit program", elf("/lib64/ld.so", [[4, 1]]), undefined],
		[
			"a program that says it has 9000 headers",
			elf("/lib64/ld.so", [
				[56, 0x28],
				[57, 0x23],
				[64 + 2 * 56, 6],
			]),
			undefined,
		],
		["the beginning of a program", elf("/lib64/ld.so").subarray(0, 40), undefined],
		["a script", "#!/bin/sh\necho\n", { kind: "interpreter", path: "/bin/sh" }],
		["a script with arguments", "#! /usr/bin/env -S node\n", { kind: "interpreter", path: "/usr/bin/env" }],
		["a script from Windows", "#!/bin/sh\r\necho\r\n", { kind: "interpreter", path: "/bin/sh\r" }],
		["a text", "hello", undefined],
		["an empty file", "", undefined],
	])("is read for %s", async (_, content, expected) => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "program");
		await writeFile(file, content);
		expect(namedInterpreter(file)).toEqual(expected);
	});

	test("is undefined for the published engine, which is linked statically, and for a missing file", () => {
		expect(namedInterpreter(realEnginePath())).toBeUndefined();
		expect(namedInterpreter("/no/such")).toBeUndefined();
	});
});
