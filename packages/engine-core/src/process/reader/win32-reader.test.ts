import { describe, expect, test } from "vitest";
import { parseMachineGuid, parseTicks, win32Reader } from "./win32-reader.ts";

// The samples were not recorded on Windows. They have the form that Microsoft documents for `DateTime.Ticks` and for
// PowerShell's output, whose lines end with CR LF.
const GUID = "6f1a2b3c-4d5e-4f70-8192-a3b4c5d6e7f8";

describe("B37 the output of PowerShell about a process", () => {
	test.each([
		["with CR LF", "639310208811234560\r\n"],
		["with LF", "639310208811234560\n"],
		["after an empty line", "\r\n639310208811234560\r\n"],
		["with nothing else", "639310208811234560"],
	])("tells its start, to the last digit: %s", (_, output) => {
		expect(parseTicks(output)).toEqual({ kind: "running", startTime: "639310208811234560" });
	});

	test.each([
		["no answer, as when access is denied or no instance has the pid", null],
		["nothing", ""],
		["empty lines", "\r\n\r\n"],
		["a date instead", "Monday, November 23, 2026 8:54:41 AM\r\n"],
		["a date of WMI instead", "20261123085441.123456+060\r\n"],
		["a number too small", "0\r\n"],
		["a number rounded", "6.39310208811235E+17\r\n"],
		["a number with separators", "639.310.208.811.234.560\r\n"],
		["two processes", "639310208811234560\r\n639310208811234570\r\n"],
		["an error message", "Get-CimInstance : Access denied \r\nAt line:1 char:1\r\n"],
	])("tells nothing: %s", (_, output) => {
		expect(parseTicks(output)).toEqual({ kind: "unreadable" });
	});
});

describe("B37 the output of PowerShell about the machine", () => {
	test.each([
		["with CR LF", `${GUID}\r\n`],
		["with nothing else", GUID],
	])("its id: %s", (_, output) => {
		expect(parseMachineGuid(output)).toBe(GUID);
	});

	test.each([
		["no answer", null],
		["nothing", "\r\n"],
		["a part of it", "6f1a2b3c-4d5e\r\n"],
		["a table instead", `\r\nMachineGuid : ${GUID}\r\nPSPath      : HKLM\r\n`],
		["two of them", `${GUID}\r\n${GUID}\r\n`],
	])("nothing: %s", (_, output) => {
		expect(parseMachineGuid(output)).toBeNull();
	});
});

describe("B37 the reader for Windows", () => {
	test("runs Windows PowerShell, which looks only for its own commands", async () => {
		const asked: unknown[] = [];
		const reader = win32Reader(async (...command) => {
			asked.push(command);
			return null;
		});
		const powershell = (expression: string) => [
			"powershell.exe",
			[
				"-NoProfile",
				"-NonInteractive",
				"-Command",
				`$ErrorActionPreference = 'Stop'; $env:PSModulePath = $PSHOME + '\\Modules'; ${expression}`,
			],
		];

		await reader.readProcess(4711);
		expect(asked.splice(0)).toEqual([
			powershell(
				"(Get-CimInstance -ClassName Win32_Process -Filter 'ProcessId = 4711' -Property CreationDate).CreationDate.ToUniversalTime().Ticks",
			),
		]);

		await reader.readPlace();
		expect(asked).toEqual([
			powershell(
				"(Get-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Microsoft\\Cryptography' -Name MachineGuid).MachineGuid",
			),
		]);
	});

	test.each([
		["any boot of a machine", `${GUID}\r\n`, { bootId: "any", machineId: GUID, pidNamespace: "none" }],
		["no boot without a machine", null, { bootId: null, machineId: null, pidNamespace: "none" }],
	])("says %s", async (_, output, place) => {
		expect(await win32Reader(async () => output).readPlace()).toEqual(place);
	});
});
