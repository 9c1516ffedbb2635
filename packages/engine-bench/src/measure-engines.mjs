import { describeMachine } from "./machine.mjs";
import { measureRound, PACKAGES, startShared } from "./rounds.mjs";
import { table } from "./table.mjs";

/**
 * Measures starting and reusing engines, and prints the table.
 *
 * @param {number} runs
 */
export async function measureEngines(runs) {
	console.error(`Measuring ${runs} rounds, about ${Math.ceil((runs + 1) * 8)} s ...`);
	const shared = await startShared();
	// The first round fills the file cache and is thrown away.
	await measureRound(shared);
	const rounds = [];
	for (let run = 1; run <= runs; run++) {
		rounds.push(await measureRound(shared));
		console.error(`round ${run} of ${runs}`);
	}
	await shared.stop();
	console.log(`${describeMachine(shared.version)}, medians of ${runs} runs, in ms\n`);
	console.log(table(rounds, PACKAGES));
}
