/** Longer than this nobody is kept waiting by a server. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long a server asks to be left alone, at most 60 s; 0 for a date that has passed, undefined for what is
 * neither a number of seconds nor an HTTP date.
 *
 * @param nowMs - The wall clock, in milliseconds since 1970.
 * @see RFC 9110, sections 10.2.3 and 5.6.7
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
	const text = header?.trim() ?? "";
	const waitMs = /^-?\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowMs;
	return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}

/** The preferred form and the two obsolete ones, of which the last has no zone. `Date.parse` takes far more. */
function parseHttpDate(text: string): number {
	if (/^[A-Z][a-z]+, \d\d[ -].+ GMT$/.test(text)) return Date.parse(text);
	return /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/.test(text)
		? Date.parse(`${text} GMT`)
		: Number.NaN;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * How long to wait after so many failures in a row, counted from 1: anything up to 500 ms, doubled with each
 * failure up to 30 s, so that those who failed together do not come back together.
 *
 * @param random - From 0 to below 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
 */
export function backoffMs(failures: number, random: () => number): number {
	const longest = FIRST_BACKOFF_MS * 2 ** Math.max(failures - 1, 0);
	return Math.round(random() * Math.min(longest, LONGEST_BACKOFF_MS));
}
