import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { finallyDo } from "./clean-up.mjs";
import { newPlace, optionsFor, stopEngineAt } from "./engines.mjs";
import { builtEntry, environment, root } from "./process.mjs";

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
	const hosts = await Promise.all(Array.from({ length: count }, () => waitingHost(optionsFor(place))));
	for (const host of hosts) host.go();
	const outcomes = await Promise.all(hosts.map((host) => host.outcome));
	await stop();
	const spawned = outcomes.filter(({ kind }) => kind === "spawned").length;
	if (spawned !== 1) throw new Error(`${spawned} of ${count} hosts spawned an engine.`);
	return Math.max(...outcomes.map(({ tookMs }) => tookMs));
}

/** @param {unknown} options */
async function waitingHost(options) {
	const program = fileURLToPath(new URL("children/waiting-host.mjs", import.meta.url));
	const args = [builtEntry("engine-manager"), options].map((arg) => JSON.stringify(arg));
	const child = spawn(process.execPath, [program, ...args], {
		cwd: root,
		env: environment,
		stdio: ["ignore", "pipe", "inherit"],
	});
	const kill = finallyDo(async () => child.kill("SIGKILL"));
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (chunk) => {
		stdout += chunk;
	});
	await once(child.stdout, "data");
	/** @type {Promise<{ readonly kind: string, readonly tookMs: number }>} */
	const outcome = once(child, "close").then(async ([code]) => {
		await kill();
		if (code !== 0) throw new Error(`A host ended with ${code}.`);
		return JSON.parse(stdout.slice(stdout.indexOf("{")));
	});
	return { outcome, go: () => child.kill("SIGUSR2") };
}
