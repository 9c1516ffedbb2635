/** An attempt that did not bring all of a file. */
export interface FailedAttempt {
	readonly kind: "failed";
	/** Whether asking this place again makes no sense. */
	readonly isFinal: boolean;
	readonly reason: string;
	readonly status?: number | undefined;
	/** How long the server wants to be left alone, in milliseconds. */
	readonly retryAfterMs?: number | undefined;
	/** Whether to ask again at once, as something else is asked for. */
	readonly isWorthOnceMore?: boolean;
	/** Whether it took a connection and let even the time for its first byte pass. */
	readonly wasSilent?: boolean;
	readonly hint?: string | undefined;
	readonly cause?: unknown;
}
