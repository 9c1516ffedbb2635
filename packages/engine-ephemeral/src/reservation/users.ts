import { readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { EngineError, readJson, writeWhole } from "@rivetkit/engine-core";
import {
	identifyProcess,
	isProcessIdentity,
	judgeProcess,
	type ProcessIdentity,
	pidExists,
} from "@rivetkit/engine-core/process";
import type { Reservation } from "./reservation.ts";

/** The record that this process uses a shared engine. A process may have several. */
export interface EngineUser {
	readonly path: string;
	/** Removes the record synchronously, so that an `exit` listener can call it. */
	remove(): void;
}

/** Records that this process uses an engine. The caller holds the lock of the reservation. */
export async function addUser({ usersFolder }: Reservation): Promise<EngineUser> {
	const identity = await identifyProcess(process.pid);
	if (identity === undefined) throw new EngineError("missing_pid", "This process cannot be identified.");
	await mkdir(usersFolder, { recursive: true });
	const file = path.join(usersFolder, `${crypto.randomUUID()}.json`);
	await writeWhole(file, `${JSON.stringify(identity)}\n`);
	return { path: file, remove: () => rmSync(file, { force: true }) };
}

/** Lists the processes that use an engine. Processes that are proven dead are left out. */
export async function livingUsers({ usersFolder }: Reservation): Promise<readonly ProcessIdentity[]> {
	const names = (await readdir(usersFolder).catch(() => [])).filter((name) => name.endsWith(".json"));
	const users = await Promise.all(
		names.map(async (name) => {
			const read = await readJson(path.join(usersFolder, name), parseUser);
			const isLiving = read.kind === "present" && (await judgeProcess(read.value)) !== "dead";
			return isLiving ? read.value : undefined;
		}),
	);
	return users.filter((user) => user !== undefined);
}

/**
 * Tells synchronously whether a recorded user may be alive. It compares pids only, so another process that has the
 * pid of a dead user by now counts as alive.
 */
export function mayBeUsed({ usersFolder }: Reservation): boolean {
	try {
		return readdirSync(usersFolder).some((name) => {
			const user = parseUser(JSON.parse(readFileSync(path.join(usersFolder, name), "utf8")));
			return user !== undefined && pidExists(user.pid);
		});
	} catch {
		return false;
	}
}

function parseUser(value: unknown): ProcessIdentity | undefined {
	return isProcessIdentity(value) ? value : undefined;
}
