import { median } from "./table.mjs";

/**
 * @typedef {import("./engine-rounds.mjs").EngineRound} EngineRound
 * @typedef {import("./table.mjs").Row} Row
 * @typedef {import("./table.mjs").Target} Target
 */

/** The most that an import may add to a bare Node, in milliseconds. */
const IMPORT_TARGETS = new Map([
	["engine-health", 25],
	["engine-manager", 50],
]);

/**
 * All rounds of starting and reusing engines, in milliseconds.
 *
 * @param {readonly EngineRound[]} rounds
 * @param {readonly string[]} packages
 * @returns {readonly Row[]}
 */
export function engineRows(rounds, packages) {
	/** @param {(round: EngineRound) => number} pick */
	const of = (pick) => median(rounds.map(pick));
	const bareNode = of((round) => round.bareNode);
	return [
		{
			name: "(a) reuse a running engine / GET /health by node:http",
			ours: of((round) => round.reuse),
			baseline: of((round) => round.httpGet),
			target: { kind: "ratio", most: 1.25 },
		},
		{
			name: "(b) engine's first 200 to startOrReuse resolving",
			ours: of((round) => round.afterFirstAnswer),
			target: { kind: "value", most: 25 },
		},
		...packages.map((name) => {
			const most = IMPORT_TARGETS.get(name);
			return {
				name: `(c) import ${name} / node -e 0`,
				ours: of((round) => round.imports[name] ?? Number.NaN),
				baseline: bareNode,
				...(most === undefined ? {} : { target: /** @type {Target} */ ({ kind: "difference", most }) }),
			};
		}),
		{
			name: "(d) cold start to handle / engine's own start + node -e 0",
			ours: of((round) => round.coldStart),
			baseline: of((round) => round.engineStart + round.bareNode),
			target: { kind: "difference", most: 100 },
		},
		{
			name: "(e) lock and unlock, uncontended",
			ours: of((round) => round.lock),
		},
		{
			name: "(f) slowest of 20 hosts at once / one host, both from loaded to handle",
			ours: of((round) => round.crowd),
			baseline: of((round) => round.oneHost),
			target: { kind: "ratio", most: 2 },
		},
	];
}
