import { median } from "./table.mjs";

/**
 * @typedef {import("./download-rounds.mjs").Download} Download
 * @typedef {import("./download-rounds.mjs").DownloadRound} DownloadRound
 * @typedef {import("./table.mjs").Row} Row
 */

/**
 * The measurement of the file that is nearly as large as is allowed, or the reason why it was left out.
 *
 * @typedef {{ readonly sizeBytes: number } & (
 *   | { readonly kind: "measured", readonly downloads: readonly Download[] }
 *   | { readonly kind: "left-out", readonly freeBytes: number }
 * )} Large
 */

/**
 * All that was measured of downloads.
 *
 * @typedef {object} DownloadFigures
 * @property {readonly DownloadRound[]} rounds
 * @property {number} sizeBytes - Of the file in them.
 * @property {readonly number[]} crowds - How often the file was sent, each time that a crowd asked for it.
 * @property {number} crowd - How many processes that was.
 * @property {Large} large
 */

const MIB = 1024 * 1024;

/** The most memory that a download of any size may take, in MiB. */
const MOST_MEMORY_MIB = 140;

/**
 * Makes rows of medians of times, and of the most memory and bytes: small values do not make a large one good.
 *
 * @param {DownloadFigures} figures
 * @returns {readonly Row[]}
 */
export function downloadRows({ rounds, sizeBytes, crowds, crowd, large }) {
	/** @param {(round: DownloadRound) => number} pick */
	const of = (pick) => median(rounds.map(pick));
	const ours = of((round) => round.ours.tookMs);
	const curl = of((round) => round.curl);
	const size = megabytes(sizeBytes);
	return [
		{
			name: `(p) ${size}, ms: download, verify, install / curl, then sha256sum`,
			ours,
			baseline: curl,
			target: { kind: "ratio", most: 1 },
		},
		{
			name: "(q) of (p), ms: waiting for fsync, which curl does not do",
			ours: of((round) => round.ours.fsyncMs),
		},
		{
			name: "(r) (p) without its fsync, ms / curl, then sha256sum",
			ours: of((round) => round.ours.tookMs - round.ours.fsyncMs),
			baseline: curl,
			target: { kind: "ratio", most: 1 },
		},
		{
			name: "(s) (p), ms / curl, then sync of the file, then sha256sum",
			ours,
			baseline: of((round) => round.curlSynced),
		},
		{
			name: "(t) (p), ms / fetch, hash and file in one pipeline",
			ours,
			baseline: of((round) => round.pipeline.tookMs),
		},
		{
			...memoryRow(
				"(u)",
				size,
				rounds.map((round) => round.ours),
			),
			baseline: Math.max(...rounds.map((round) => round.pipeline.peakBytes)) / MIB,
		},
		largeRow(large),
		{
			name: `(w) files that the server sends to ${crowd} processes at once, the most of ${crowds.length}`,
			ours: Math.max(...crowds),
			target: { kind: "value", most: 1.05 },
		},
	];
}

/**
 * @param {Large} large
 * @returns {Row}
 */
function largeRow(large) {
	const size = megabytes(large.sizeBytes);
	switch (large.kind) {
		case "measured":
			return memoryRow("(v)", size, large.downloads);
		case "left-out": {
			const why = `left out, as ${megabytes(large.freeBytes)} are free on the disk`;
			return { name: `(v) memory for ${size}: ${why}`, ours: Number.NaN };
		}
	}
}

/**
 * @param {string} letter
 * @param {string} size
 * @param {readonly Download[]} downloads
 * @returns {Row}
 */
function memoryRow(letter, size, downloads) {
	const peaks = downloads.map(({ peakBytes }) => peakBytes / MIB);
	const spread = `the most of ${peaks.length}, the least is ${Math.min(...peaks).toFixed(1)}`;
	return {
		name: `${letter} memory for ${size}, MiB (${spread})${letter === "(u)" ? " / the pipeline of (t)" : ""}`,
		ours: Math.max(...peaks),
		target: { kind: "value", most: MOST_MEMORY_MIB },
	};
}

/** @param {number} bytes */
function megabytes(bytes) {
	return `${Math.round(bytes / 1e6)} MB`;
}
