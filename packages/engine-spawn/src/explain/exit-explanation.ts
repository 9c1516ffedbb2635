/** The codes of an engine that ended, or is not ready, for a known cause. */
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

/** An explanation why an engine ended, or is not ready. */
export interface ExitExplanation {
	readonly code: EngineExitCode;
	/** A phrase without a full stop. */
	readonly reason: string;
	readonly hint: string | undefined;
}

/** Facts about an engine besides its exit and its logs. Each may be missing. */
export interface ExitEvidence {
	/**
	 * True if the engine was healthy before: a healthy engine rarely ends for the same causes as a failed start.
	 * @defaultValue false
	 */
	readonly wasHealthy?: boolean | undefined;
	/** True if the system has counted a kill for lack of memory since the start; undefined if it does not count. */
	readonly outOfMemory?: boolean | undefined;
	/** The number of files that a living engine has open, sockets included, and its limit (Infinity without one). */
	readonly descriptors?: { readonly open: number; readonly limit: number } | undefined;
	/** The pid of a living engine, and how long the caller has waited for the engine, in milliseconds. */
	readonly waited?: { readonly pid: number; readonly timeoutMs: number } | undefined;
}
