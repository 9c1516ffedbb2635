import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { procReader } from "./proc-reader.ts";
import type { SystemReader } from "./system-reader.ts";

// Seen to fail: with a refusal taken for absence, and with an empty /proc taken for procfs.

const SOCKETS = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1914 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 91234 1 0000000000000000 100 0 0 10 0
`;

const LISTENING = {
	local: { host: "127.0.0.1", port: 6420 },
	remote: { host: "0.0.0.0", port: 0 },
	inode: "91234",
};

/** Writes a `/proc` with one process, 42, as the kernel shows it. */
async function fakeProc(root: string): Promise<void> {
	const proc = path.join(root, "proc");
	await mkdir(path.join(proc, "42/fd"), { recursive: true });
	await mkdir(path.join(proc, "net"));
	await symlink("42", path.join(proc, "self"));
	await symlink("/opt/rivet-engine (deleted)", path.join(proc, "42/exe"));
	await symlink("socket:[91234]", path.join(proc, "42/fd/3"));
	await symlink("/data/db/LOCK", path.join(proc, "42/fd/4"));
	await writeFile(path.join(proc, "42/comm"), "rivet-engine\n");
	await writeFile(path.join(proc, "42/cmdline"), "/opt/rivet-engine\0\0start\0");
	await writeFile(
		path.join(proc, "42/limits"),
		"Max open files            1024                 4096  files\n",
	);
	await writeFile(path.join(proc, "net/tcp"), SOCKETS);
	await writeFile(path.join(proc, "locks"), "1: POSIX  ADVISORY  WRITE 42 fe:00:777 0 EOF\n");
}

/** Makes links that lead to themselves: not even root, which may read every file, can read through them. */
async function refusingProc(root: string): Promise<void> {
	const proc = path.join(root, "proc");
	await mkdir(proc);
	for (const name of ["42", "net", "locks"]) await symlink(name, path.join(proc, name));
	await symlink("42", path.join(proc, "self"));
}

type Ask = (reader: SystemReader, pid: number) => unknown;

/** The questions about something that may be absent, each with its answer if that is there, and if it is not. */
const QUESTIONS: readonly [string, Ask, unknown, unknown][] = [
	["executable", (reader, pid) => reader.readExecutable(pid), "/opt/rivet-engine", undefined],
	["own name", (reader, pid) => reader.readOwnName(pid), "rivet-engine", undefined],
	["arguments", (reader, pid) => reader.readArguments(pid), ["/opt/rivet-engine", "", "start"], []],
	[
		"descriptors",
		(reader, pid) => reader.readDescriptors(pid),
		expect.arrayContaining([
			{ kind: "socket", inode: "91234" },
			{ kind: "file", path: "/data/db/LOCK" },
		]),
		[],
	],
	["limit of open files", (reader, pid) => reader.readOpenFilesLimit(pid), 1024, undefined],
	["sockets", (reader, pid) => reader.readTcpSockets(pid === 42 ? 4 : 6, "listening"), [LISTENING], []],
];

/** The questions about the whole machine, each with its answer. */
const WHOLE: readonly [string, Ask, unknown][] = [
	["processes", (reader) => reader.readProcesses(), [42]],
	["locks", (reader) => reader.readFileLocks(), [{ inode: "777", pid: 42 }]],
];

const ALL: readonly [string, Ask][] = [...QUESTIONS, ...WHOLE].map(([name, ask]) => [name, ask]);

/** The list of processes is that of `/proc` itself, which anybody may read. */
const REFUSED = ALL.filter(([name]) => name !== "processes");

describe("B32 the reader of /proc", () => {
	test.each(QUESTIONS)(
		"knows the %s of a process, and that they are absent",
		async (_, ask, there, absent) => {
			await using root = await temporaryFolder();
			await fakeProc(root.path);
			const reader = procReader(root.path);
			expect(await ask(reader, 42)).toEqual({ kind: "known", value: there });
			expect(await ask(reader, 43)).toEqual({ kind: "known", value: absent });
		},
	);

	test.each(WHOLE)("knows the %s of the machine", async (_, ask, there) => {
		await using root = await temporaryFolder();
		await fakeProc(root.path);
		expect(await ask(procReader(root.path), 42)).toEqual({ kind: "known", value: there });
	});

	test.each(ALL)("does not know the %s without /proc", async (_, ask) => {
		await using root = await temporaryFolder();
		expect(await ask(procReader(root.path), 42)).toEqual({ kind: "unknown" });
	});

	test.each(ALL)("does not know the %s if /proc is not mounted", async (_, ask) => {
		await using root = await temporaryFolder();
		await mkdir(path.join(root.path, "proc"));
		expect(await ask(procReader(root.path), 42)).toEqual({ kind: "unknown" });
	});

	test.each(REFUSED)("does not know the %s if their file may not be read", async (_, ask) => {
		await using root = await temporaryFolder();
		await refusingProc(root.path);
		expect(await ask(procReader(root.path), 42)).toEqual({ kind: "unknown" });
	});
});
