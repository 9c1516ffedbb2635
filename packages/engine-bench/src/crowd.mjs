import { finallyDo } from "./clean-up.mjs";
import { newPlace, optionsFor, stopEngineAt } from "./engines.mjs";
import { builtEntry, waitingChild } from "./process.mjs";

/**
 * Has this many hosts, each in a process that has loaded everything, start or reuse an engine at one moment.
 *
 * @param {number} count
 * @returns How long the slowest of them took, in milliseconds.
 */
export async function slowestOf(count) {
	const place = await newPlace();
	const stop = finallyDo(async () => {
		await stopEngineAt(place);
		await place.remove();
	});
	const host = () => waitingChild("waiting-host", builtEntry("engine-manager"), optionsFor(place));
	/** @type {readonly { readonly kind: string, readonly tookMs: number }[]} */
	const outcomes = await allAtOnce(count, host);
	await stop();
	const spawned = outcomes.filter(({ kind }) => kind === "spawned").length;
	if (spawned !== 1) throw new Error(`${spawned} of ${count} hosts spawned an engine.`);
	return Math.max(...outcomes.map(({ tookMs }) => tookMs));
}

/**
 * Starts this many processes, and lets them go at one moment when all of them wait for it.
 *
 * @param {number} count
 * @param {() => ReturnType<typeof waitingChild>} start
 */
export async function allAtOnce(count, start) {
	const waiting = await Promise.all(Array.from({ length: count }, start));
	for (const one of waiting) one.go();
	return await Promise.all(waiting.map(({ outcome }) => outcome));
}
