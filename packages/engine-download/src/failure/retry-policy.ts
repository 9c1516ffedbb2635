/** The longest wait that a server can ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Reads from a `Retry-After` header how long a server asks clients to wait, in milliseconds, at most 60 s. Returns 0 for
 * a date in the past, and undefined if the header is neither a number of seconds nor an HTTP date.
 *
 * @param nowMs - The wall clock, in milliseconds since 1970.
 * @see RFC 9110, sections 10.2.3 and 5.6.7
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
	const text = header?.trim() ?? "";
	const waitMs = /^-?\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowMs;
	return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

/**
 * Reads an HTTP date in its preferred form or in one of its two obsolete forms; the last form names no time zone.
 * `Date.parse` alone would accept far more forms.
 */
function parseHttpDate(text: string): number {
	if (/^[A-Z][a-z]+, \d\d[ -].+ GMT$/.test(text)) return Date.parse(text);
	return /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/.test(text)
		? Date.parse(`${text} GMT`)
		: Number.NaN;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;

/**
 * Chooses how long to wait after a number of failures in a row: a random time. Its upper limit is 500 ms after the first
 * failure and doubles with each failure, up to 30 s. So clients that failed together do not come back together.
 *
 * @param random - Gives a number from 0 to below 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
 */
export function backoffMs(failures: number, random: () => number): number {
	const longest = FIRST_BACKOFF_MS * 2 ** Math.max(failures - 1, 0);
	return Math.round(random() * Math.min(longest, MAX_BACKOFF_MS));
}
