/**
 * A line of a table: what was measured, beside what it is compared with.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {number} ours - NaN if it could not be.
 * @property {number} [baseline]
 * @property {Target} [target]
 *
 * @typedef {{ readonly kind: "ratio" | "difference" | "value", readonly most: number }} Target
 */

/**
 * Rows as a Markdown table.
 *
 * @param {readonly Row[]} rows
 */
export function table(rows) {
	const lines = rows.map((row) => {
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

/**
 * Whether a row is within its target.
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
 * The value in the middle; between two, halfway.
 *
 * @param {readonly number[]} values
 */
export function median(values) {
	const sorted = values.toSorted((left, right) => left - right);
	const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
	return (lower + upper) / 2;
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
