import { readArguments, USAGE } from "./arguments.mjs";
import { endEverything, onInterrupt } from "./clean-up.mjs";

const { runs, parts, help } = readOrExit();
if (help) console.log(USAGE);
else await measure();

async function measure() {
	onInterrupt();
	try {
		for (const [index, part] of parts.entries()) {
			if (index > 0) console.log();
			switch (part) {
				case "engines": {
					const { measureEngines } = await import("./measure-engines.mjs");
					await measureEngines(runs);
					break;
				}
				case "downloads": {
					const { measureDownloads } = await import("./measure-downloads.mjs");
					await measureDownloads(runs);
					break;
				}
				case "writes": {
					const { measureWrites } = await import("./measure-writes.mjs");
					await measureWrites(runs);
				}
			}
		}
	} finally {
		await endEverything();
	}
}

function readOrExit() {
	try {
		return readArguments(process.argv.slice(2));
	} catch (error) {
		console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
		process.exit(2);
	}
}
