import { readdir, readFile, readlink } from "node:fs/promises";
import type { BindAddress } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import { openDescriptors } from "../process/open-descriptors.ts";
import { listeningInodes, listeningInodesAt, listeningPortsByInode } from "../reader/proc-net.ts";

/** A process that listens on a port. */
export interface PortHolder {
	readonly pid: number;
	/** The name of its executable, such as `node`. */
	readonly name: string;
}

/**
 * Finds the process that listens on a TCP port of this machine. Undefined where none does, where the process is another
 * user's or another container's, and on platforms other than Linux.
 *
 * @param host - The address that is connected to, as others may listen on others. @defaultValue any
 */
export async function portHolder(port: number, host?: string): Promise<PortHolder | undefined> {
	const inodes = await listeningInodes(port, host);
	if (inodes.size === 0) return undefined;
	for (const pid of await processes()) {
		const own = await socketInodes(pid);
		if ([...inodes].some((inode) => own.has(inode))) return { pid, name: await processName(pid) };
	}
	return undefined;
}

/** The owner of a listening port, seen from a process that was started here. */
export type PortOwnership = "own" | "other" | "nobody" | "unknown";

/**
 * Tells for each address whether this process, or a process in the session that it leads (a wrapper script's engine),
 * listens there: the proof that an answer from there is its own. `unknown` where the platform does not tell.
 */
export async function portOwnership(
	pid: number,
	addresses: readonly BindAddress[],
): Promise<readonly PortOwnership[]> {
	if (process.platform !== "linux") return addresses.map(() => "unknown");
	const [inodes, own] = await Promise.all([listeningInodesAt(addresses), socketInodes(pid)]);
	return await Promise.all(
		addresses.map(async ({ port, host }, index) => {
			const listening = inodes[index] ?? new Set();
			if (listening.size === 0) return "nobody";
			if ([...listening].some((inode) => own.has(inode))) return "own";
			const holder = await portHolder(port, host);
			return holder !== undefined && (await sessionOfProcess(holder.pid)) === pid ? "own" : "other";
		}),
	);
}

/** The TCP ports on which a process listens. Empty if it may not be looked into, and on platforms other than Linux. */
export async function listeningPorts(pid: number): Promise<readonly number[]> {
	const [ports, own] = await Promise.all([listeningPortsByInode(), socketInodes(pid)]);
	return [...own].flatMap((inode) => ports.get(inode) ?? []);
}

/** The pids of all processes. Empty on platforms without `/proc`. */
export async function processes(): Promise<readonly number[]> {
	const entries = await readdir("/proc").catch(() => []);
	return entries.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The inodes of the sockets that a process has open; empty if it may not be looked into. */
export async function socketInodes(pid: number): Promise<ReadonlySet<string>> {
	const targets = await openDescriptors(pid);
	return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** The file name of what a process executes, or the name it gives itself. */
export async function processName(pid: number): Promise<string> {
	const executable = await processExecutable(pid);
	if (executable !== undefined) return executable.slice(executable.lastIndexOf("/") + 1);
	return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
}

/**
 * The path of what a process executes, where it was when it was started; another file may be there by now.
 * Undefined if that may not be known, and on platforms other than Linux.
 */
export async function processExecutable(pid: number): Promise<string | undefined> {
	const executable = await readlink(`/proc/${pid}/exe`).catch(() => "");
	// The system says so where the file was replaced since, as an upgrade of the engine does.
	return executable.replace(/ \(deleted\)$/, "") || undefined;
}
