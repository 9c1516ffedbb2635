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
import type { Reservation } from "../reservation/reservation.ts";

/** The record that this process uses a shared engine. One process may have several. */
export interface EngineUser {
	readonly path: string;
	/** Does it at once, so that an `exit` listener can do so too. */
	remove(): void;
}

/** Records that this process uses an engine. Under the lock of its place. */
export async function addUser({ usersFolder }: Reservation): Promise<EngineUser> {
	const identity = await identifyProcess(process.pid);
	if (identity === undefined) throw new EngineError("missing_pid", "This process cannot be identified.");
	await mkdir(usersFolder, { recursive: true });
	const file = path.join(usersFolder, `${crypto.randomUUID()}.json`);
	await writeWhole(file, `${JSON.stringify(identity)}\n`);
	return { path: file, remove: () => rmSync(file, { force: true }) };
}

/** The processes that use an engine, those left out that are proven dead. */
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
 * Whether some process that is recorded as a user may live, as far as that can be told at once: by its pid alone, which
 * may be another's by now.
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
