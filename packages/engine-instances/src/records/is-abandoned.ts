import { readFile } from "node:fs/promises";
import path from "node:path";
import type { EngineRecord } from "./record.ts";

/** Tells whether the program that ran an engine in its foreground is gone, by the parent of the process. False if unknown. */
export async function isAbandoned({ foreground, identity, logs }: EngineRecord): Promise<boolean> {
	if (foreground !== true) return false;
	const starter = STARTER.exec(path.basename(logs.stdout))?.[1];
	const stat = await readFile(`/proc/${identity.pid}/stat`, "utf8").catch(() => undefined);
	if (starter === undefined || stat === undefined) return false;
	const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return parent !== starter;
}

/** Logs are named for the process that started the engine. */
const STARTER = /^engine-\d+-(\d+)-/;
