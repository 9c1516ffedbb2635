/** An attempt that did not fetch the whole file. */
export interface FailedAttempt {
	readonly kind: "failed";
	/** True if another attempt at this place makes no sense. */
	readonly isFinal: boolean;
	readonly reason: string;
	readonly status?: number | undefined;
	/** The time in milliseconds that the server asks clients to wait. */
	readonly retryAfterMs?: number | undefined;
	/** True if the next attempt can start without a pause, because it sends a different request. */
	readonly retriesAtOnce?: boolean;
	/** True if the server accepted the connection but sent no headers within the limit for the first byte. */
	readonly wasSilent?: boolean;
	readonly hint?: string | undefined;
	readonly cause?: unknown;
}
