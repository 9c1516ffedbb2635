/** What to do about a running engine of another version than the one that would have been started. */
export type VersionMismatchPolicy = "warn" | "reuse" | "error" | "restart";

/** What to do about an engine that has crashed: tell of it, or start it again. */
export type CrashPolicy = "report" | "restart";

/** Options that say what to do in which case, and how long to wait. */
export interface PolicyOptions {
	/** @defaultValue `warn` */
	readonly onVersionMismatch?: VersionMismatchPolicy | undefined;
	/** What to do when the engine crashes while the handle is held. @defaultValue `report` */
	readonly onCrash?: CrashPolicy | undefined;
	/**
	 * Whether the engine may be newer than the one that the project's `rivetkit` brings, which cannot use the
	 * database afterwards. @defaultValue false
	 */
	readonly allowUpgrade?: boolean | undefined;
	/** From the spawn until it is ready, in milliseconds. @defaultValue 30000; 60000 with PostgreSQL */
	readonly startTimeoutMs?: number | undefined;
	/**
	 * How long one host that is starting an engine is waited for, in milliseconds, as long as none answers; then
	 * the start goes on without its lock. @defaultValue 60000
	 */
	readonly lockTimeoutMs?: number | undefined;
}
