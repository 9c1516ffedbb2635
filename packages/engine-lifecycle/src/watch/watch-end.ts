import type { Engine } from "../engine.ts";
import type { WatchedEnd } from "./judge-end.ts";
import { processOfStartup } from "./process-of-startup.ts";

/** Waits for an engine's end, and finds out whether the system has counted a kill for lack of memory since. */
export async function watchEnd({ startup, exited }: Pick<Engine, "startup" | "exited">): Promise<WatchedEnd> {
	const { pid } = processOfStartup(startup);
	const { oomKills, oomKillsMoved } = await import("@rivetkit/engine-inspect");
	// Counted while the engine lives: the control group of a process cannot be found after its end.
	const before = pid === undefined ? undefined : await oomKills(pid);
	const status = await exited;
	return { status, outOfMemory: await oomKillsMoved(before) };
}
