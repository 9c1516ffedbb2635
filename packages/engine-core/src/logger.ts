/** One log method, with pino's order of arguments: fields first, then the message. */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What the packages log to. A pino logger fits as it is. */
export interface Logger {
	readonly debug: LogMethod;
	readonly info: LogMethod;
	readonly warn: LogMethod;
	readonly error: LogMethod;
}

const ignore: LogMethod = () => {};

/** A logger that writes nothing; the default everywhere. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Makes a logger that never throws: a start that broke off in the caller's logger would leave an engine that nobody waits for. */
export function tolerantLogger(logger: Logger = silentLogger): Logger {
	const guarded =
		(level: keyof Logger): LogMethod =>
		(fields, message) => {
			try {
				logger[level](fields, message);
			} catch {
				// There is nowhere left to tell it.
			}
		};
	return { debug: guarded("debug"), info: guarded("info"), warn: guarded("warn"), error: guarded("error") };
}
