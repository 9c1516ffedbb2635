import { slowestOf } from "./crowd.mjs";
import { deathNoticedMs, stopAfterEndMs } from "./engine-ends.mjs";
import { bareStartMs, findEngine, reuseMs, startThroughManager } from "./engines.mjs";
import { builtEntry, runChild, runNode } from "./process.mjs";

/** The packages whose import is measured. */
export const PACKAGES = /** @type {const} */ ([
	"engine-core",
	"engine-health",
	"engine-resolver",
	"engine-spawn",
	"engine-instances",
	"engine-manager",
	"engine-ephemeral",
	"engine-doctor",
]);

/** The number of hosts that start at one moment. */
const CROWD = 20;

/**
 * The times of one round, in milliseconds.
 *
 * @typedef {object} Round
 * @property {number} bareNode - `node -e 0`.
 * @property {number} httpGet - A process that does one GET of `/health`.
 * @property {number} reuse - A process that reuses an engine.
 * @property {number} engineStart - From the spawn of an engine to its first 200.
 * @property {number} coldStart - From the start of a process to its handle of a new engine.
 * @property {number} afterFirstAnswer - From the first 200 of a new engine to the handle.
 * @property {number} lock - Taking and releasing a lock that nobody else wants.
 * @property {number} oneHost - A host that has loaded everything, from its start to its new engine.
 * @property {number} crowd - The slowest of twenty such hosts at once.
 * @property {number} throwAway - A throw-away engine, from the call to its handle, where everything is loaded.
 * @property {number} stop - From the end of an engine's process to the end of the stop that asked for it.
 * @property {number} deathOfSpawned - From the SIGKILL of an engine to the moment at which its host knows.
 * @property {number} deathOfReused - The same for a host that reused it.
 * @property {Readonly<Record<string, number>>} imports - A process that imports a package, by its name.
 */

/** Starts the engine that all rounds reuse, and finds the binary that they start. */
export async function startShared() {
	const engine = await findEngine();
	const { place, stop } = await startThroughManager();
	return { ...engine, place, stop };
}

/**
 * Measures everything once. Both sides of a comparison are in one round, so a machine that gets slower slows both.
 *
 * @param {Awaited<ReturnType<typeof startShared>>} shared
 * @returns {Promise<Round>}
 */
export async function measureRound({ file, version, place }) {
	const bareNode = (await runNode(["-e", "0"])).tookMs;
	const httpGet = (await runChild("http-get", place.endpoint)).tookMs;
	const reuse = await reuseMs(place);
	/** @type {Record<string, number>} */
	const imports = {};
	for (const name of PACKAGES) {
		imports[name] = (await runNode(["-e", `import(${JSON.stringify(builtEntry(name))})`])).tookMs;
	}
	const engineStart = await bareStartMs(file, version);
	const started = await startThroughManager();
	await started.stop();
	const { coldStartMs: coldStart, afterFirstAnswerMs: afterFirstAnswer } = started;
	const { lockMs: lock } = JSON.parse((await runChild("lock", builtEntry("engine-core", "lock"))).stdout);
	const oneHost = await slowestOf(1);
	const crowd = await slowestOf(CROWD);
	const throwAway = JSON.parse((await runChild("throw-away", builtEntry("engine-ephemeral"))).stdout).startMs;
	const stop = await stopAfterEndMs();
	const { spawned: deathOfSpawned, reused: deathOfReused } = await deathNoticedMs();
	return {
		bareNode,
		httpGet,
		reuse,
		imports,
		engineStart,
		coldStart,
		afterFirstAnswer,
		lock,
		oneHost,
		crowd,
		throwAway,
		stop,
		deathOfSpawned,
		deathOfReused,
	};
}
