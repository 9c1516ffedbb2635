/** The reaction if the running engine has another version than the wanted version. */
export type VersionMismatchPolicy = "warn" | "reuse" | "error" | "restart";

/** The reaction to a crash of the engine: report the crash, or start the engine again. */
export type CrashPolicy = "report" | "restart";

/** Options that decide how a start reacts to versions and crashes, and how long it waits. */
export interface PolicyOptions {
	/** The reaction if the running engine has another version. @defaultValue `warn` */
	readonly onVersionMismatch?: VersionMismatchPolicy | undefined;
	/** The reaction if the engine crashes while the handle is held. @defaultValue `report` */
	readonly onCrash?: CrashPolicy | undefined;
	/**
	 * True if the engine may be newer than the engine in the project's `rivetkit`. The older engine can then no longer use
	 * the database. @defaultValue false
	 */
	readonly allowUpgrade?: boolean | undefined;
	/** The limit from the spawn until the engine is ready, in milliseconds. @defaultValue 30000; 60000 with PostgreSQL */
	readonly startTimeoutMs?: number | undefined;
	/**
	 * The time to wait for another host that is starting an engine, in milliseconds. After that, the start goes on
	 * without the lock. @defaultValue 60000
	 */
	readonly lockTimeoutMs?: number | undefined;
}
