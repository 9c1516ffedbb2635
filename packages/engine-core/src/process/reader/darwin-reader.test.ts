import { describe, expect, test } from "vitest";
import { darwinReader, parseBootSession, parsePlatformUuid, parsePs } from "./darwin-reader.ts";

// The samples were not recorded on a Mac. They have the form that ps(1), sysctl(8) and ioreg(8) document, and that the
// sources of Apple's ps print: `stat` and `lstart` are padded with blanks.
const REGISTRY = `+-o J316sAP  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (1234 ms), retain 42>
    {
      "IOPolledInterface" = "AppleARMWatchdogTimerHibernateHandler is not serializable"
      "serial-number" = <0011223300000000000000000000000000000000000000000000000000000000>
      "compatible" = <"J316sAP","MacBookPro18,1","AppleARM">
      "IOPlatformSerialNumber" = "C02EXAMPLE01"
      "IOPlatformUUID" = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
      "model" = <"MacBookPro18,1">
    }

`;

describe("B37 the output of ps on macOS", () => {
	test.each([
		["a session leader", "Ss   Mon Nov 23 08:54:41 2026    \n", "Mon Nov 23 08:54:41 2026"],
		["one in the foreground", "R+   Sat Feb 28 23:59:59 2026    \n", "Sat Feb 28 23:59:59 2026"],
		["one started on a day of one digit", "S    Fri Sep  4 00:00:01 2026    \n", "Fri Sep  4 00:00:01 2026"],
		["one that is on its way out", "?Es  Tue Dec  1 12:00:00 2026    \n", "Tue Dec  1 12:00:00 2026"],
		["one with nothing after the date", "SN   Wed Jul 15 10:20:30 2026", "Wed Jul 15 10:20:30 2026"],
	])("tells the start of a process: %s", (_, output, startTime) => {
		expect(parsePs(output)).toEqual({ kind: "running", startTime });
	});

	test.each([
		["a zombie", "Z    Mon Nov 23 08:54:41 2026    \n"],
		["a zombie of the foreground", "Z+   Mon Nov 23 08:54:41 2026    \n"],
		["a zombie without a date", "Z                                 \n"],
		["nothing but the letter", "Z\n"],
	])("tells that a process has ended: %s", (_, output) => {
		expect(parsePs(output)).toEqual({ kind: "ended" });
	});

	test.each([
		["no answer", null],
		["nothing", ""],
		["an empty line", "\n"],
		["the state alone", "S    \n"],
		["the date of a British locale", "Ss   Mon 23 Nov 08:54:41 2026    \n"],
		["the date of a German locale", "Ss   Mo 23 Nov 08:54:41 2026     \n"],
		["the names of another language in the same order", "Ss   Lun Nov 23 08:54:41 2026    \n"],
		["a date cut off", "Ss   Mon Nov 23 08:54:41\n"],
		["a day without its blank", "Ss   Fri Sep 4 00:00:01 2026     \n"],
		["more than a date", "Ss   Mon Nov 23 08:54:41 2026 UTC    \n"],
		["two processes", "S    Mon Nov 23 08:54:41 2026    \nS    Mon Nov 23 08:54:42 2026    \n"],
		["a heading", "STAT STARTED                     \nS    Mon Nov 23 08:54:41 2026    \n"],
		["a complaint", "ps: illegal option -- o\n"],
	])("tells nothing: %s", (_, output) => {
		expect(parsePs(output)).toEqual({ kind: "unreadable" });
	});
});

describe("B37 the place of a process on macOS", () => {
	test("the boot", () => {
		expect(parseBootSession("5E6FFEBE-0B1C-4D2E-8F30-415263748596\n")).toBe(
			"5E6FFEBE-0B1C-4D2E-8F30-415263748596",
		);
	});

	test.each([
		["no answer", null],
		["nothing", "\n"],
		["no UUID", "5E6FFEBE\n"],
		["the name as well", "kern.bootsessionuuid: 5E6FFEBE-0B1C-4D2E-8F30-415263748596\n"],
	])("not the boot: %s", (_, output) => {
		expect(parseBootSession(output)).toBeNull();
	});

	test("the machine", () => {
		expect(parsePlatformUuid(REGISTRY)).toBe("0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9");
		expect(parsePlatformUuid(REGISTRY.replaceAll("\n  ", "\n  | "))).toBe(
			"0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9",
		);
	});

	test.each([
		["no answer", null],
		["nothing", ""],
		["an entry without the property", REGISTRY.replace("IOPlatformUUID", "IOPlatformName")],
		["no UUID", REGISTRY.replace(/0A1B2C3D-[^"]+/, "0A1B2C3D")],
		["a mention within another property", REGISTRY.replace('"IOPlatformUUID"', '"note" = "IOPlatformUUID"')],
	])("not the machine: %s", (_, output) => {
		expect(parsePlatformUuid(output)).toBeNull();
	});
});

test("B37 system programs are run for a single process, in the C locale and UTC", async () => {
	const asked: unknown[] = [];
	const reader = darwinReader(async (...command) => {
		asked.push(command);
		return null;
	});
	const options = { environment: { LC_ALL: "C", TZ: "UTC" } };

	await reader.readProcess(4711);
	expect(asked.splice(0)).toEqual([["/bin/ps", ["-o", "stat=", "-o", "lstart=", "-p", "4711"], options]]);

	await reader.readPlace();
	expect(asked).toEqual([
		["/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], options],
		["/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"], options],
	]);
});
