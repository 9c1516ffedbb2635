import { download, filesSentTo, measureDownloadRound } from "./download-rounds.mjs";
import { downloadRows } from "./download-rows.mjs";
import { findEngine } from "./engines.mjs";
import { describeMachine } from "./machine.mjs";
import { temporary } from "./process.mjs";
import { hasSpaceFor, linkTo, newDocumentRoot, publish, zeros } from "./published-files.mjs";
import { serverName, startStaticServer } from "./static-server.mjs";
import { markdown } from "./table.mjs";

/** Just below the most that the downloader accepts, 1 GiB. */
const LARGE_BYTES = 1_000_000_000;

/** The number of processes that want one file at one moment. */
const CROWD = 32;

/** The most runs of a measurement that takes several seconds. */
const MOST_LONG_RUNS = 3;

/**
 * Measures downloads from a server on this machine, and prints the table.
 *
 * @param {number} runs
 */
export async function measureDownloads(runs) {
	const longRuns = Math.min(runs, MOST_LONG_RUNS);
	console.error(`Measuring ${runs} rounds of downloads, about ${(runs + 1) * 3 + longRuns * 15} s ...`);
	const { file, version } = await findEngine();
	// Before the measurements, since their processes are a load, too.
	const machine = describeMachine(version);
	const root = await newDocumentRoot();
	const engine = await publish(root, "engine", version, linkTo(file));
	const space = await hasSpaceFor(engine.sizeBytes);
	if (!space.isEnough)
		throw new Error(`There is too little space in ${temporary}: TMPDIR names another folder.`);
	const server = await startStaticServer(root);
	// The first round fills the file cache and is thrown away.
	await measureDownloadRound(server, engine);
	const rounds = [];
	for (let run = 1; run <= runs; run++) {
		rounds.push(await measureDownloadRound(server, engine));
		console.error(`downloads: round ${run} of ${runs}`);
	}
	const crowds = [];
	for (let run = 1; run <= longRuns; run++) {
		crowds.push(await filesSentTo(root, engine, CROWD));
		console.error(`downloads: ${CROWD} processes at once, ${run} of ${longRuns}`);
	}
	const large = await measureLarge(server, root, version, longRuns);
	await server.stop();
	console.log(`${machine}, served by ${serverName}, medians of ${runs} runs\n`);
	console.log(markdown(downloadRows({ rounds, sizeBytes: engine.sizeBytes, crowds, crowd: CROWD, large })));
}

/**
 * @param {import("./static-server.mjs").StaticServer} server
 * @param {string} root
 * @param {string} version
 * @param {number} runs
 * @returns {Promise<import("./download-rows.mjs").Large>}
 */
async function measureLarge(server, root, version, runs) {
	const { isEnough, freeBytes } = await hasSpaceFor(LARGE_BYTES);
	if (!isEnough) return { kind: "left-out", sizeBytes: LARGE_BYTES, freeBytes };
	const file = await publish(root, "large", version, zeros(LARGE_BYTES));
	const downloads = [];
	for (let run = 1; run <= runs; run++) {
		downloads.push(await download(server, file));
		console.error(`downloads: 1 GB, ${run} of ${runs}`);
	}
	return { kind: "measured", sizeBytes: LARGE_BYTES, downloads };
}
