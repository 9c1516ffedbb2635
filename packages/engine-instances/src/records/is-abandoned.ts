import { readFile } from "node:fs/promises";
import path from "node:path";
import type { EngineRecord } from "./record.ts";

/** True if the program that ran an engine in the foreground is gone: the engine then has another parent. False if unknown. */
export async function isAbandoned({ foreground, identity, logs }: EngineRecord): Promise<boolean> {
	if (foreground !== true) return false;
	const starter = STARTER.exec(path.basename(logs.stdout))?.[1];
	const stat = await readFile(`/proc/${identity.pid}/stat`, "utf8").catch(() => undefined);
	if (starter === undefined || stat === undefined) return false;
	const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return parent !== starter;
}

/** The name of a log contains the pid of the process that started the engine. */
const STARTER = /^engine-\d+-(\d+)-/;
