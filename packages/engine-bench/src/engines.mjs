import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finallyDo } from "./clean-up.mjs";
import { firstAnswerAt } from "./first-answer.mjs";
import { freePort } from "./ports.mjs";
import { builtEntry, clockMs, environment, root, runChild } from "./process.mjs";

/** @type {typeof import("../../engine-manager/src/index.ts")} */
const manager = await import(builtEntry("engine-manager"));
/** @type {typeof import("../../engine-spawn/src/index.ts")} */
const { engineEnvironment } = await import(builtEntry("engine-spawn"));

/**
 * Makes a place for an engine: a folder and a port. The folder is removed at the end.
 *
 * @typedef {{ readonly port: number, readonly endpoint: string, readonly storageRoot: string, readonly remove: () => Promise<void> }} Place
 */

/** @returns {Promise<Place>} */
export async function newPlace() {
	const folder = await mkdtemp(path.join(tmpdir(), "rivet-bench-"));
	const remove = finallyDo(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }));
	const port = await freePort();
	return { port, endpoint: `http://127.0.0.1:${port}`, storageRoot: path.join(folder, ".rivetkit"), remove };
}

/** Returns the options that start or reuse an engine at this place.
 * @param {Place} place
 */
export function optionsFor({ endpoint, storageRoot }) {
	return { endpoint, storageRoot, telemetry: false };
}

/** Ends the engine at this place.
 * @param {Place} place
 */
export async function stopEngineAt(place) {
	await manager.stopEngine(optionsFor(place));
}

/** Finds the engine that this workspace has as a development dependency. */
export async function findEngine() {
	const { path: file, version } = await manager.findEngineBinary();
	return { file, version: version ?? "of unknown version" };
}

/**
 * Starts an engine through `startOrReuse` in a process of its own, on an empty database.
 *
 * @returns The time from the start of that process to its handle, and from the engine's first 200 to the
 * handle; `stop` ends the engine and removes its files.
 */
export async function startThroughManager() {
	const place = await newPlace();
	const watch = new AbortController();
	const stop = finallyDo(async () => {
		watch.abort();
		await stopEngineAt(place);
		await place.remove();
	});
	const [child, answeredAt] = await Promise.all([
		runChild("start-or-reuse", builtEntry("engine-manager"), optionsFor(place), "spawned"),
		firstAnswerAt(place.port, watch.signal),
	]);
	const { handleAt, startup } = JSON.parse(child.stdout);
	return {
		place,
		stop,
		pid: startup.pid,
		timings: startup.timings,
		coldStartMs: handleAt - child.startedAt,
		afterFirstAnswerMs: handleAt - answeredAt,
	};
}

/**
 * Reuses the engine that runs at `place`, in a process of its own.
 *
 * @param {Place} place
 */
export async function reuseMs(place) {
	const child = await runChild("start-or-reuse", builtEntry("engine-manager"), optionsFor(place), "reused");
	return child.tookMs;
}

/**
 * Starts the same engine with the same settings and nothing around it, and ends it.
 *
 * @param {string} file
 * @param {string} version
 * @returns The time from the spawn to its first 200.
 */
export async function bareStartMs(file, version) {
	const place = await newPlace();
	const { port } = place;
	const { variables } = engineEnvironment(
		{
			guard: { host: "127.0.0.1", port },
			apiPeer: { host: "127.0.0.1", port: port + 1 },
			metrics: { host: "127.0.0.1", port: port + 10 },
			databasePath: path.join(place.storageRoot, "db"),
			preset: "local-dev",
			telemetry: false,
			environment,
		},
		version,
	);
	const watch = new AbortController();
	const firstAnswer = firstAnswerAt(port, watch.signal);
	const startedAt = clockMs();
	const child = spawn(file, ["start"], { cwd: root, env: variables, stdio: "ignore" });
	const exited = once(child, "exit");
	const stop = finallyDo(async () => {
		watch.abort();
		child.kill("SIGKILL");
		await exited;
		await place.remove();
	});
	const tookMs = (await firstAnswer) - startedAt;
	await stop();
	return tookMs;
}
