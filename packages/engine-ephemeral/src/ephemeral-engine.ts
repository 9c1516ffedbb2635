import type { EngineHealth, EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { Engine, EngineManagerErrorCode, EngineStartup } from "@rivetkit/engine-lifecycle";

/** Every code that an `EngineError` from this package may have. */
export type EngineEphemeralErrorCode = EngineManagerErrorCode | "disposed";

/** A signal that ends an engine. SIGTERM and SIGINT let it shut down; the others do not. */
export type EngineEndSignal = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP";

/** The logs of a throw-away engine's last start. */
export interface EphemeralEngineLogs extends EngineLogs {
	/**
	 * Reads the last lines of stdout, then those of stderr.
	 *
	 * @param count - The most lines of each. @defaultValue 20
	 */
	tail(count?: number): Promise<readonly string[]>;
}

/** Options of a call on a throw-away engine. */
export interface EphemeralCallOptions {
	/** Ends the wait. The call then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * An engine for tests, with ports and storage of its own. Disposing kills the engine and removes its files. So do
 * the end of this process, and a signal that ends it, such as SIGTERM, unless the program listens for the signal itself.
 * The engine does not keep the process alive.
 *
 * A worker thread learns neither of signals nor of the end of the process or its own end. An engine that a worker
 * thread does not dispose of is removed by the next start or sweep after the process is gone.
 */
export interface EphemeralEngine extends Engine {
	/** How the engine was started last. */
	readonly startup: Extract<EngineStartup, { readonly kind: "spawned" }>;
	/** The engine's first healthy answer after the last start. */
	readonly health: EngineHealth;
	/** Resolves when the process of the last start has ended for any reason. A restart brings a new promise. */
	readonly exited: Promise<ExitStatus>;
	/** The folder of the engine's database and logs. */
	readonly storagePath: string;
	/** The logs of the last start. */
	readonly logs: EphemeralEngineLogs;
	/**
	 * Lets the engine shut down, and kills it if that takes more than 10 s. Its data stays for a `restart`.
	 *
	 * @throws EngineError `disposed` if the engine was disposed of.
	 */
	stop(options?: EphemeralCallOptions): Promise<ExitStatus>;
	/**
	 * Stops the engine, if it runs, and starts it again with the same ports, data and options. Resolves when it is
	 * healthy.
	 *
	 * @throws EngineError as `startEphemeralEngine`; `ports_in_use` or `port_occupied` if another program has taken
	 * the ports; `disposed` if the engine was disposed of.
	 */
	restart(options?: EphemeralCallOptions): Promise<void>;
	/**
	 * Sends the engine a signal and resolves when the engine has ended. Its data stays for a `restart`.
	 *
	 * @param name - The signal. @defaultValue SIGKILL
	 * @throws EngineError `invalid_option` for other signals; `disposed` if the engine was disposed of.
	 */
	kill(name?: EngineEndSignal, options?: EphemeralCallOptions): Promise<ExitStatus>;
}
