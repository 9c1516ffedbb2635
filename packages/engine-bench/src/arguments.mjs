import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run bench -- [--runs N] [--only engines|downloads|writes]

Measures whole processes in turn, N times (15 by default), and compares medians.
--only engines     starting and reusing engines
--only downloads   fetching one from a server on this machine: nginx where it is in PATH, else Node's own
--only writes      namespaces per second of engines on PostgreSQL and NATS, which must be installed
Downloads go to the folder for temporary files, which TMPDIR moves to another disk.`;

/**
 * A part of the measurements that can be run alone.
 *
 * @typedef {"engines" | "downloads" | "writes"} Part
 */

/** @type {readonly Part[]} */
const PARTS = ["engines", "downloads", "writes"];

/**
 * Reads the arguments of the command line.
 *
 * @param {readonly string[]} args
 * @returns {{ readonly runs: number, readonly parts: readonly Part[], readonly help: boolean }}
 * @throws Error that names the wrong argument.
 */
export function readArguments(args) {
	const { values } = parseArgs({
		args: [...args],
		options: {
			runs: { type: "string", default: "15" },
			only: { type: "string" },
			help: { type: "boolean", default: false },
		},
	});
	const runs = Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1)
		throw new Error(`--runs must be a number from 1 on, not '${values.runs}'.`);
	const parts = PARTS.filter((part) => values.only === undefined || values.only === part);
	if (parts.length === 0) throw new Error(`--only must be ${PARTS.join(", ")}, not '${values.only}'.`);
	return { runs, parts, help: values.help };
}
