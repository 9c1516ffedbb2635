/** An attempt that did not bring all of a file. */
export interface FailedAttempt {
	readonly kind: "failed";
	/** True if asking this place again makes no sense. */
	readonly isFinal: boolean;
	readonly reason: string;
	readonly status?: number | undefined;
	/** The time in milliseconds for which the server asks to be left alone. */
	readonly retryAfterMs?: number | undefined;
	/** True if the next attempt need not wait, as it sends a different request. */
	readonly retriesAtOnce?: boolean;
	/** True if the server took the connection, but sent not even headers in the time for the first byte. */
	readonly wasSilent?: boolean;
	readonly hint?: string | undefined;
	readonly cause?: unknown;
}
