import { describe, expect, test } from "vitest";
import { HEADER_BYTES, readExecutableHeader } from "./executable-header.ts";

function elf(machine: number, { sections = 0, sectionBytes = 64, sectionsStart = 0 } = {}): Buffer {
	const header = Buffer.alloc(HEADER_BYTES);
	header.write("\x7fELF\x02\x01\x01", "latin1");
	header.writeUInt16LE(2, 16);
	header.writeUInt16LE(machine, 18);
	header.writeBigUInt64LE(BigInt(sectionsStart), 40);
	header.writeUInt16LE(sectionBytes, 58);
	header.writeUInt16LE(sections, 60);
	return header;
}

function starting(hex: string): Buffer {
	return Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(HEADER_BYTES)]).subarray(0, HEADER_BYTES);
}

const X64 = 0x3e;
const ARM64 = 0xb7;
const MACH_O = "cffaedfe07000001";
const MACH_O_UNIVERSAL = "cafebabe00000002";
const PE = Buffer.from("MZ").toString("hex");

describe("B12 the start of an executable file", () => {
	test.each([
		["a script", Buffer.from("#!/bin/sh\n"), "linux", "x64", { kind: "script" }],
		["ELF for x64", elf(X64), "linux", "x64", { kind: "native", minimumSizeBytes: 0 }],
		["ELF for arm64", elf(ARM64), "linux", "arm64", { kind: "native", minimumSizeBytes: 0 }],
		["ELF for arm64", elf(ARM64), "linux", "x64", { kind: "other-platform", platform: "linux on arm64" }],
		["ELF for x64", elf(X64), "linux", "arm64", { kind: "other-platform", platform: "linux on x64" }],
		[
			"ELF for s390",
			elf(22),
			"linux",
			"x64",
			{ kind: "other-platform", platform: "linux on another architecture" },
		],
		["ELF for arm64", elf(ARM64), "darwin", "arm64", { kind: "other-platform", platform: "linux on arm64" }],
		["Mach-O", starting(MACH_O), "darwin", "arm64", { kind: "native", minimumSizeBytes: 0 }],
		[
			"universal Mach-O",
			starting(MACH_O_UNIVERSAL),
			"darwin",
			"x64",
			{ kind: "native", minimumSizeBytes: 0 },
		],
		["Mach-O", starting(MACH_O), "linux", "x64", { kind: "other-platform", platform: "darwin" }],
		["PE", starting(PE), "win32", "x64", { kind: "native", minimumSizeBytes: 0 }],
		["PE", starting(PE), "linux", "x64", { kind: "other-platform", platform: "win32" }],
		["text", Buffer.from("<!doctype html>"), "linux", "x64", { kind: "unknown" }],
		["one byte", Buffer.from("#"), "linux", "x64", { kind: "unknown" }],
		["nothing", Buffer.alloc(0), "linux", "x64", { kind: "unknown" }],
	] as const)("is read: %s, %#", (_, start, platform, arch, expected) => {
		expect(readExecutableHeader(start, { platform, arch })).toEqual(expected);
	});

	test("of an ELF file shows how long the file must be", () => {
		const header = elf(X64, { sectionsStart: 96_000_000, sections: 30 });
		expect(readExecutableHeader(header, { platform: "linux", arch: "x64" })).toEqual({
			kind: "native",
			minimumSizeBytes: 96_000_000 + 30 * 64,
		});
	});

	test("of an ELF file that ends within its header requires at least the size of the header", () => {
		const start = elf(X64).subarray(0, 20);
		expect(readExecutableHeader(start, { platform: "linux", arch: "x64" })).toEqual({
			kind: "native",
			minimumSizeBytes: HEADER_BYTES,
		});
	});
});
