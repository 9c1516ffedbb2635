import type { EngineHealth, EngineLogs, ExitStatus } from "@rivetkit/engine-core";
import type { Engine, EngineManagerErrorCode, EngineStartup } from "@rivetkit/engine-lifecycle";

/** Every code that an `EngineError` from this package may have. */
export type EngineEphemeralErrorCode = EngineManagerErrorCode | "disposed";

/** A signal that ends an engine. SIGTERM and SIGINT let it shut down; the others do not. */
export type EngineEndSignal = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP";

/** The logs of a throw-away engine's last start. */
export interface EphemeralEngineLogs extends EngineLogs {
	/**
	 * Returns the last lines of stdout, followed by the last lines of stderr.
	 *
	 * @param count - The maximum number of lines from each of them. @defaultValue 20
	 */
	tail(count?: number): Promise<readonly string[]>;
}

/** Options of a method call on a throw-away engine. */
export interface EphemeralCallOptions {
	/** Ends the wait. The call then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/**
 * An engine for tests, with its own ports and storage. Disposing kills the engine and removes its files. The same happens
 * when this process exits, or when a signal such as SIGTERM ends it, unless the program listens for that signal itself.
 * The engine does not keep the process alive.
 *
 * A worker thread notices neither signals nor the end of the process, nor its own end. If a worker thread does not dispose
 * of its engine, the next start or sweep after the end of the process removes that engine.
 */
export interface EphemeralEngine extends Engine {
	/** How the last start has started the engine. */
	readonly startup: Extract<EngineStartup, { readonly kind: "spawned" }>;
	/** The engine's first healthy answer after the last start. */
	readonly health: EngineHealth;
	/** Resolves when the process of the last start has ended for any reason. A restart sets a new promise. */
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
	 * Stops the engine, if it runs, and starts it again with the same ports, data and options. Resolves when the engine is
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
