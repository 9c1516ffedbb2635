import { parseArgs } from "node:util";
import { endEverything, onInterrupt } from "./clean-up.mjs";
import { describeMachine } from "./machine.mjs";
import { measureRound, PACKAGES, startShared } from "./rounds.mjs";
import { table } from "./table.mjs";

const USAGE = "Usage: npm run bench -- [--runs N]";

const runs = readRuns();
onInterrupt();
try {
	console.error(`Measuring ${runs} rounds, about ${Math.ceil((runs + 1) * 8)} s ...`);
	const shared = await startShared();
	// The first round fills the file cache and is thrown away.
	await measureRound(shared);
	const rounds = [];
	for (let run = 1; run <= runs; run++) {
		rounds.push(await measureRound(shared));
		console.error(`round ${run} of ${runs}`);
	}
	console.log(`${describeMachine(shared.version)}, medians of ${runs} runs, in ms\n`);
	console.log(table(rounds, PACKAGES));
} finally {
	await endEverything();
}

function readRuns() {
	try {
		const { values } = parseArgs({ options: { runs: { type: "string", default: "15" } } });
		const number = Number(values.runs);
		if (!Number.isInteger(number) || number < 1)
			throw new Error(`--runs must be a number from 1 on, not '${values.runs}'.`);
		return number;
	} catch (error) {
		console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
		process.exit(2);
	}
}
