/** Writes a log entry. The order of the arguments is pino's: first the fields, then the message. */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** The logger that these packages write to. A pino logger can be used directly. */
export interface Logger {
	readonly debug: LogMethod;
	readonly info: LogMethod;
	readonly warn: LogMethod;
	readonly error: LogMethod;
}

const ignore: LogMethod = () => {};

/** A logger that writes nothing: the default of every `logger` option. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Makes a logger that never throws. If an exception from the caller's logger ended a start, an engine would be left running
 * without a program that watches it.
 */
export function tolerantLogger(logger: Logger = silentLogger): Logger {
	const guarded =
		(level: keyof Logger): LogMethod =>
		(fields, message) => {
			try {
				logger[level](fields, message);
			} catch {
				// No other logger is left to report this.
			}
		};
	return { debug: guarded("debug"), info: guarded("info"), warn: guarded("warn"), error: guarded("error") };
}
