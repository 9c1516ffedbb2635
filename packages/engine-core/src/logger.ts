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
