import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { finallyDo } from "./clean-up.mjs";
import { newPlace, optionsFor, startThroughManager, stopEngineAt } from "./engines.mjs";
import { builtEntry, clockMs, environment, root, runChild } from "./process.mjs";

/** The time between two looks at a process, in milliseconds. */
const LOOK_GAP_MS = 1;

/**
 * Stops an engine from a process of its own.
 *
 * @returns From the end of the engine's process, watched from outside, to the end of the stop.
 */
export async function stopAfterEndMs() {
	const started = await startThroughManager();
	const [child, endedAt] = await Promise.all([
		runChild("stop", builtEntry("engine-manager"), optionsFor(started.place)),
		endOf(started.pid),
	]);
	const { kind, doneAt } = JSON.parse(child.stdout);
	if (kind !== "stopped") throw new Error(`The engine was ${kind}.`);
	await started.stop();
	return doneAt - endedAt;
}

/**
 * Kills an engine that one host has started and another has reused.
 *
 * @returns From the signal to the moment at which each knows of it.
 */
export async function deathNoticedMs() {
	const place = await newPlace();
	const stop = finallyDo(async () => {
		await stopEngineAt(place);
		await place.remove();
	});
	const spawner = watchingHost(place);
	const { kind, pid } = await spawner.next();
	const reuser = watchingHost(place);
	const second = await reuser.next();
	if (kind !== "spawned" || second.kind !== "reused") throw new Error("The hosts do not share an engine.");
	// A host connects to watch its engine right after its first line.
	await sleep(50);
	const killedAt = clockMs();
	process.kill(pid, "SIGKILL");
	const [spawned, reused] = await Promise.all([spawner.next(), reuser.next()]);
	await stop();
	return { spawned: spawned.noticedAt - killedAt, reused: reused.noticedAt - killedAt };
}

/** @param {import("./engines.mjs").Place} place */
function watchingHost(place) {
	const program = fileURLToPath(new URL("children/watching-host.mjs", import.meta.url));
	const args = [builtEntry("engine-manager"), optionsFor(place)].map((arg) => JSON.stringify(arg));
	const child = spawn(process.execPath, [program, ...args], {
		cwd: root,
		env: environment,
		stdio: ["ignore", "pipe", "inherit"],
	});
	const kill = finallyDo(async () => child.kill("SIGKILL"));
	void once(child, "exit").then(kill);
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	return { next: async () => JSON.parse((await lines.next()).value ?? "{}") };
}

/**
 * Waits for the end of a process, and returns its time on {@link clockMs}. A zombie counts as ended.
 *
 * @param {number} pid
 */
async function endOf(pid) {
	while (isRunning(pid)) await sleep(LOOK_GAP_MS);
	return clockMs();
}

/** @param {number} pid */
function isRunning(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
	} catch {
		return false;
	}
}
