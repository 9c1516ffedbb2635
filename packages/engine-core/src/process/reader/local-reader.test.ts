import { expect, onTestFinished, test } from "vitest";
import { linuxReader } from "./linux-reader.ts";
import { localReader, readerOf } from "./local-reader.ts";

test.each<[NodeJS.Platform, string]>([
	["darwin", "/bin/ps"],
	["win32", "powershell.exe"],
])("B37 processes of %s are asked for with %s", async (platform, program) => {
	const asked: string[] = [];
	const reader = readerOf(platform, async (file) => {
		asked.push(file);
		return null;
	});
	await reader.readProcess(process.pid);
	expect(asked).toEqual([program]);
});

test("B37 Linux runs no program", () => {
	expect(readerOf("linux", async () => expect.fail("runs a program"))).toBe(linuxReader);
});

test("B37 the reader finds nothing on an unknown platform", async () => {
	const reader = readerOf("freebsd", async () => expect.fail("runs a program"));
	expect(await reader.readProcess(process.pid)).toEqual({ kind: "unreadable" });
	expect(await reader.readPlace()).toEqual({ bootId: null, machineId: null, pidNamespace: null });
});

test("B37 every call gets the same reader, which may keep what it has read", () => {
	const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
	onTestFinished(() => void Object.defineProperty(process, "platform", platform));
	Object.defineProperty(process, "platform", { ...platform, value: "darwin" });
	expect(localReader()).toBe(localReader());
});
