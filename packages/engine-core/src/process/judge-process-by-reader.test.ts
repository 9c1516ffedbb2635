import { runScript } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { identifyWith } from "./identify-process.ts";
import { judgeWith } from "./judge-process.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { darwinReader } from "./reader/darwin-reader.ts";
import type { ProcessReader } from "./reader/process-reader.ts";
import type { RunCommand } from "./reader/run-command.ts";
import { win32Reader } from "./reader/win32-reader.ts";

/** Answers of a machine's programs; null if a program fails. The samples have the documented form. */
interface Answers {
	readonly process: string | null | (() => Promise<string | null>);
	readonly boot: string | null;
	readonly machine: string | null;
}

interface Platform {
	readonly answers: Answers;
	/** Other answers to the same question: from another process, from another machine, and useless answers. */
	readonly otherProcess: string;
	readonly otherMachine: string;
	readonly useless: readonly (string | null)[];
	readonly expected: Omit<ProcessIdentity, "pid">;
	/** Returns the answer that belongs to a program. */
	readonly question: (file: string, args: readonly string[]) => keyof Answers;
	readonly read: (run: RunCommand) => ProcessReader;
}

const macOS: Platform = {
	answers: {
		process: "Ss   Fri Sep  4 08:54:41 2026    \n",
		boot: "5E6FFEBE-0B1C-4D2E-8F30-415263748596\n",
		machine: '    {\n      "IOPlatformUUID" = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"\n    }\n',
	},
	otherProcess: "S    Fri Sep  4 08:54:42 2026    \n",
	otherMachine: '    {\n      "IOPlatformUUID" = "FFFFFFFF-4E5F-6071-8293-A4B5C6D7E8F9"\n    }\n',
	useless: [null, "", "\n", "S    Fr  4 Sep 08:54:41 2026     \n"],
	expected: {
		startTime: "Fri Sep  4 08:54:41 2026",
		bootId: "5E6FFEBE-0B1C-4D2E-8F30-415263748596",
		machineId: "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9",
		pidNamespace: "none",
	},
	question: (file) => (file.endsWith("/ps") ? "process" : file.endsWith("/sysctl") ? "boot" : "machine"),
	read: darwinReader,
};

const windows: Platform = {
	answers: {
		process: "639310208811234560\r\n",
		boot: null,
		machine: "6f1a2b3c-4d5e-4f70-8192-a3b4c5d6e7f8\r\n",
	},
	otherProcess: "639310208811234570\r\n",
	otherMachine: "ffffffff-4d5e-4f70-8192-a3b4c5d6e7f8\r\n",
	useless: [null, "", "\r\n", "Freitag, 4. September 2026 08:54:41\r\n"],
	expected: {
		startTime: "639310208811234560",
		bootId: "any",
		machineId: "6f1a2b3c-4d5e-4f70-8192-a3b4c5d6e7f8",
		pidNamespace: "none",
	},
	question: (_, args) => (args.at(-1)?.includes("Win32_Process") ? "process" : "machine"),
	read: win32Reader,
};

describe.each([
	["macOS", macOS],
	["Windows", windows],
])("B37 a process of %s", (_, platform) => {
	const { otherProcess, otherMachine, useless, expected } = platform;

	test("is identified, and alive as long as its identity stays the same", async () => {
		const { reader } = machine(platform);
		const identity = await identityOf(reader);
		expect(identity).toEqual({ pid: process.pid, ...expected });
		expect(await judgeWith(reader, identity)).toBe("alive");
	});

	test("is dead once no process has its pid; no program is run", async () => {
		const { reader, asked } = machine(platform);
		const identity = { ...(await identityOf(reader)), pid: await deadPid() };
		asked.length = 0;
		expect(await identifyWith(reader, identity.pid)).toBeUndefined();
		expect(await judgeWith(reader, identity)).toBe("dead");
		expect(asked).toEqual([]);
	});

	test("is dead once another process has its pid", async () => {
		const identity = await identityOf(machine(platform).reader);
		expect(await judgeWith(machine(platform, { process: otherProcess }).reader, identity)).toBe("dead");
	});

	test.each(useless.map((output) => [output]))("cannot be judged by the answer %j", async (output) => {
		const identity = await identityOf(machine(platform).reader);
		const { reader } = machine(platform, { process: output });
		expect(await identityOf(reader)).toEqual({ ...identity, startTime: null });
		expect(await judgeWith(reader, identity)).toBe("unknown");
	});

	test("is dead if it ends while the program runs", async () => {
		const script = runScript("setInterval(() => {}, 1000)");
		const { reader } = machine(platform, {
			process: async () => {
				await script[Symbol.asyncDispose]();
				return null;
			},
		});
		const identity = { ...(await identityOf(machine(platform).reader)), pid: script.pid };
		expect(await judgeWith(reader, identity)).toBe("dead");
	});

	test("cannot be judged from another machine, even if no process has its pid there", async () => {
		const { reader } = machine(platform, { machine: otherMachine, process: otherProcess });
		const identity = await identityOf(machine(platform).reader);
		expect(await judgeWith(reader, identity)).toBe("unknown");
		expect(await judgeWith(reader, { ...identity, pid: await deadPid() })).toBe("unknown");
	});

	test("cannot be judged if the machine id cannot be read", async () => {
		const identity = await identityOf(machine(platform).reader);
		const { reader } = machine(platform, { machine: null });
		expect(await judgeWith(reader, { ...identity, pid: await deadPid() })).toBe("unknown");
	});

	test("that could not be identified is dead once no process has its pid", async () => {
		const { reader } = machine(platform, { process: null, boot: null, machine: null });
		const identity = await identityOf(reader);
		expect(identity).toMatchObject({ startTime: null, bootId: null, machineId: null });
		expect(await judgeWith(reader, identity)).toBe("unknown");
		expect(await judgeWith(reader, { ...identity, pid: await deadPid() })).toBe("dead");
	});

	test("is judged again if a later answer is complete", async () => {
		const identity = await identityOf(machine(platform).reader);
		const answers = { ...platform.answers, machine: null as string | null };
		const { reader } = machine({ ...platform, answers });
		expect(await judgeWith(reader, identity)).toBe("unknown");
		answers.machine = platform.answers.machine;
		expect(await judgeWith(reader, identity)).toBe("alive");
	});
});

describe("B37 a process on macOS", () => {
	test("has ended if it is a zombie", async () => {
		const identity = await identityOf(machine(macOS).reader);
		const { reader } = machine(macOS, { process: "Z+   Fri Sep  4 08:54:41 2026    \n" });
		expect(await identifyWith(reader, process.pid)).toBeUndefined();
		expect(await judgeWith(reader, identity)).toBe("dead");
	});

	test("is dead after a restart of the machine, even if another process has its pid", async () => {
		const identity = await identityOf(machine(macOS).reader);
		const { reader, asked } = machine(macOS, { boot: "FFFFFFFF-0B1C-4D2E-8F30-415263748596\n" });
		expect(await judgeWith(reader, identity)).toBe("dead");
		expect(asked).not.toContain("process");
	});

	test.each([null, "\n", "sysctl: unknown oid 'kern.bootsessionuuid'\n"])(
		"cannot be judged where the boot is %j",
		async (boot) => {
			const identity = await identityOf(machine(macOS).reader);
			expect(await judgeWith(machine(macOS, { boot }).reader, identity)).toBe("unknown");
		},
	);
});

test("B37 a process on Windows without a machine id cannot be judged on another such machine", async () => {
	const nameless = machine(windows, { machine: null }).reader;
	const identity = { ...(await identityOf(nameless)), pid: await deadPid() };
	expect(await judgeWith(machine(windows, { machine: null }).reader, identity)).toBe("unknown");
});

/** Makes a machine with the usual answers, except for the given ones. It collects the questions. */
function machine(
	{ answers, question, read }: Platform,
	other: Partial<Answers> = {},
): { reader: ProcessReader; asked: (keyof Answers)[] } {
	const asked: (keyof Answers)[] = [];
	const reader = read(async (file, args) => {
		const asks = question(file, args);
		asked.push(asks);
		const answer = { ...answers, ...other }[asks];
		return typeof answer === "function" ? await answer() : answer;
	});
	return { reader, asked };
}

async function identityOf(reader: ProcessReader): Promise<ProcessIdentity> {
	const identity = await identifyWith(reader, process.pid);
	if (identity === undefined) throw new Error("This process does not exist.");
	return identity;
}

async function deadPid(): Promise<number> {
	const script = runScript("");
	await script.exited;
	return script.pid;
}
