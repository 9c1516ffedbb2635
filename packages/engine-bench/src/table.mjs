/** @typedef {import("./rounds.mjs").Round} Round */

/**
 * A line of the table: a measurement beside its comparison.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {number} ours - NaN if it was left out.
 * @property {number} [baseline]
 * @property {Target} [target]
 *
 * @typedef {{ readonly kind: "ratio" | "difference" | "value", readonly most: number }} Target
 */

/** The most that an import may add to a bare Node, in milliseconds. */
const IMPORT_TARGETS = new Map([
	["engine-health", 25],
	["engine-manager", 50],
]);

/**
 * Formats all rounds as one Markdown table.
 *
 * @param {readonly Round[]} rounds
 * @param {readonly string[]} packages
 */
export function table(rounds, packages) {
	return markdown(rows(rounds, packages));
}

/**
 * @param {readonly Round[]} rounds
 * @param {readonly string[]} packages
 * @returns {readonly Row[]}
 */
export function rows(rounds, packages) {
	/** @param {(round: Round) => number} pick */
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
		{
			name: "(g) a throw-away engine, from the call to its endpoint / engine's own start",
			ours: of((round) => round.throwAway),
			baseline: of((round) => round.engineStart),
			target: { kind: "difference", most: 80 },
		},
		{
			name: "(h) end of the engine's process to stopEngine resolving",
			ours: of((round) => round.stop),
			target: { kind: "value", most: 100 },
		},
		{
			name: "(i) SIGKILL of an engine to exited resolving, in the host that spawned it",
			ours: of((round) => round.deathOfSpawned),
			target: { kind: "value", most: 50 },
		},
		{
			name: "(j) the same in a host that reused it",
			ours: of((round) => round.deathOfReused),
			target: { kind: "value", most: 50 },
		},
	];
}

/**
 * True if a row is within its target.
 *
 * @param {Row} row
 */
export function isMet({ ours, baseline = 0, target }) {
	switch (target?.kind) {
		case undefined:
			return undefined;
		case "ratio":
			return ours / baseline <= target.most;
		case "difference":
			return ours - baseline <= target.most;
		case "value":
			return ours <= target.most;
	}
}

/**
 * Returns the value in the middle, or the mean of the two in the middle.
 *
 * @param {readonly number[]} values
 */
export function median(values) {
	const sorted = values.toSorted((left, right) => left - right);
	const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
	return (lower + upper) / 2;
}

/**
 * Formats rows as a Markdown table.
 *
 * @param {readonly Row[]} all
 */
export function markdown(all) {
	const lines = all.map((row) => {
		const { name, ours, baseline, target } = row;
		const compared =
			baseline === undefined
				? ["", "", ""]
				: [shown(baseline), (ours / baseline).toFixed(2), shown(ours - baseline)];
		const verdict = target === undefined ? ["", ""] : [targetText(target), isMet(row) ? "met" : "not met"];
		return [name, shown(ours), ...compared, ...verdict];
	});
	const header = ["measured / compared with", "measured", "compared", "ratio", "difference", "target", ""];
	const rule = ["---", "---:", "---:", "---:", "---:", "---:", "---"];
	return [header, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {Target} target */
function targetText({ kind, most }) {
	switch (kind) {
		case "ratio":
			return `ratio ≤ ${most}`;
		case "difference":
			return `difference ≤ ${most}`;
		case "value":
			return `≤ ${most}`;
	}
}

/** @param {number} value */
function shown(value) {
	return Number.isNaN(value) ? "–" : value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
