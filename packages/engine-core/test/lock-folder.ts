import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { processGone, runScript, temporaryFolder } from "@rivetkit/engine-testkit";
import type { LockRecord } from "../src/lock/record.ts";
import { identifyProcess, type ProcessIdentity } from "../src/process/index.ts";

/** Folder of a lock, into which a test writes files. Disposing removes the folder. */
export interface LockFolder extends AsyncDisposable {
	/** Path of the folder, which contains a blank. The folder exists, and every user may write to it. */
	readonly path: string;
	/** Names of the folder's files, sorted. */
	names(): string[];
	read(name: string): string;
	write(name: string, content: string): void;
}

/** Makes an empty folder for a lock. The caller disposes of it. */
export async function lockFolder(): Promise<LockFolder> {
	const temporary = await temporaryFolder("rivet lock");
	const folder = path.join(temporary.path, "the lock");
	mkdirSync(folder);
	chmodSync(temporary.path, 0o755);
	chmodSync(folder, 0o777);
	return {
		path: folder,
		names: () => readdirSync(folder).sort(),
		read: (name) => readFileSync(path.join(folder, name), "utf8"),
		write: (name, content) => writeFileSync(path.join(folder, name), content),
		[Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
	};
}

/** Content of a lock file whose owner is this process, or another process. */
export async function heldBy(
	owner: Partial<ProcessIdentity> = {},
	record: Partial<Omit<LockRecord, "owner">> = {},
): Promise<string> {
	const identity = { ...(await ownIdentity()), ...owner };
	const held: LockRecord = {
		format: 1,
		owner: identity,
		nonce: "a nonce",
		purpose: "a test",
		createdAt: "2026-01-02T03:04:05.678Z",
		...record,
	};
	return JSON.stringify(held);
}

/** Identifies this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
	return required(await identifyProcess(process.pid));
}

/** Identifies a process that has ended. */
export async function deadIdentity(): Promise<ProcessIdentity> {
	const script = runScript("setInterval(() => {}, 1000)");
	const identity = required(await identifyProcess(script.pid));
	await script[Symbol.asyncDispose]();
	return identity;
}

/** Identifies a zombie: a process that has ended under a parent that does not notice. Disposing ends the parent. */
export async function zombieIdentity(): Promise<AsyncDisposable & { readonly identity: ProcessIdentity }> {
	const parent = runScript(`
		import { spawn } from "node:child_process";
		import { writeSync } from "node:fs";
		const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
		writeSync(1, child.pid + "\\n");
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	`);
	const pid = Number(await parent.nextLine());
	const identity = required(await identifyProcess(pid));
	process.kill(pid, "SIGKILL");
	await processGone(pid);
	return { identity, [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose]() };
}

/** Takes root's rights from this process, since permissions do not stop root. Disposing gives the rights back. */
export function withoutRoot(): Disposable {
	const isRoot = process.getuid?.() === 0;
	const nobody = 65_534;
	if (isRoot) process.seteuid?.(nobody);
	return {
		[Symbol.dispose]() {
			if (isRoot) process.seteuid?.(0);
		},
	};
}

function required(identity: ProcessIdentity | undefined): ProcessIdentity {
	if (identity === undefined) throw new Error("The process has ended already.");
	return identity;
}
