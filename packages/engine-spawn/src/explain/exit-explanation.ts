/** The codes of an engine that ended, or cannot work, for a known cause. */
export type EngineExitCode =
	| "binary_not_executable"
	| "binary_wrong_platform"
	| "config_invalid"
	| "database_locked"
	| "health_check_failed"
	| "messaging_unavailable"
	| "no_space"
	| "ports_in_use"
	| "read_only"
	| "storage_unavailable"
	| "version_rollback";

/** Why an engine ended, or is not ready. */
export interface ExitExplanation {
	readonly code: EngineExitCode;
	/** One phrase, without a full stop. */
	readonly reason: string;
	readonly hint: string | undefined;
}

/** What is known of an engine besides its exit and its logs. Every part may be missing. */
export interface ExitEvidence {
	/** Whether it has served. What ends it then is seldom what its start would have failed of. @defaultValue false */
	readonly wasHealthy?: boolean | undefined;
	/** Whether the system counts a kill for want of memory since the start; undefined where it does not tell. */
	readonly outOfMemory?: boolean | undefined;
	/** How many files it had open, sockets included, and how many it may have (Infinity for no limit), if it lives. */
	readonly descriptors?: { readonly open: number; readonly limit: number } | undefined;
	/** Which process was waited for how long, if it lives. */
	readonly waited?: { readonly pid: number; readonly timeoutMs: number } | undefined;
}
