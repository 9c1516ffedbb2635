import type { EngineHealth, EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { Engine, EngineStartup } from "@rivetkit/engine-lifecycle";

/** The signals that end an engine. SIGTERM and SIGINT let it shut down; the others do not. */
export type EngineEndSignal = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP";

/** The logs of a throw-away engine's last start. */
export interface EphemeralEngineLogs extends EngineLogs {
	/**
	 * The last lines of stdout, then those of stderr.
	 *
	 * @param count - At most so many of each. @defaultValue 20
	 */
	tail(count?: number): Promise<readonly string[]>;
}

/** What a call on a throw-away engine may be given. */
export interface EphemeralCallOptions {
	/** Ends the wait; the call then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * An engine for tests, with ports and storage of its own. Disposing kills it and removes all that it has
 * written; so do the end of this process and SIGINT, SIGTERM and SIGHUP, unless the program listens for the signal
 * itself: then its end does. It does not keep the process alive.
 *
 * A worker thread learns neither of signals nor of the end of the process or its own: an engine that it does not
 * dispose of is removed by the next start, or a sweep, after the process is gone.
 *
 * A shared engine serves others too: there `stop`, `restart` and `kill` are refused, and disposing ends it only if
 * nobody else uses it.
 */
export interface EphemeralEngine extends Engine {
	/** Of the last start; `reused` for a shared engine that another process has started. */
	readonly startup: EngineStartup;
	readonly health: EngineHealth;
	/** Resolves when the process of the last start has ended, however it did. A restart brings another one. */
	readonly exited: Promise<ExitStatus>;
	/** The folder of its database and logs. */
	readonly storagePath: string;
	readonly logs: EphemeralEngineLogs;
	/**
	 * Lets the engine shut down, and kills it if it has not after 10 s. Its data stays for a `restart`.
	 *
	 * @throws EngineError `invalid_option` if it is shared or disposed of.
	 */
	stop(options?: EphemeralCallOptions): Promise<ExitStatus>;
	/**
	 * Stops the engine, if it runs, and starts it again with the same ports, data and options. Resolves when it is healthy.
	 *
	 * @throws EngineError as `startEphemeralEngine`; `ports_in_use`, `port_occupied` if its ports were taken
	 * meanwhile; `invalid_option` if it is shared or disposed of.
	 */
	restart(options?: EphemeralCallOptions): Promise<void>;
	/**
	 * Sends the engine a signal and resolves when it is gone, at once if it is already. Its data stays for a `restart`.
	 *
	 * @param name - @defaultValue SIGKILL
	 * @throws EngineError `invalid_option` for other signals, or if it is shared or disposed of.
	 */
	kill(name?: EngineEndSignal, options?: EphemeralCallOptions): Promise<ExitStatus>;
}
