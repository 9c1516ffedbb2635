import type { Logger, LogMethod } from "@rivetkit/engine-core";

/** A call of a log method. */
export interface RecordedEntry {
	readonly level: keyof Logger;
	readonly fields: Readonly<Record<string, unknown>>;
	readonly message: string;
}

/** A logger that keeps all its entries. */
export interface RecordingLogger extends Logger {
	readonly entries: readonly RecordedEntry[];
	/** Returns the messages of all levels or of a single level, in their order. */
	messages(level?: keyof Logger): string[];
}

/** Makes a logger for tests that check log entries. */
export function recordingLogger(): RecordingLogger {
	const entries: RecordedEntry[] = [];
	const record =
		(level: keyof Logger): LogMethod =>
		(fields, message) => {
			entries.push({ level, fields, message });
		};
	return {
		entries,
		messages: (level) =>
			entries.filter((entry) => level === undefined || entry.level === level).map((entry) => entry.message),
		debug: record("debug"),
		info: record("info"),
		warn: record("warn"),
		error: record("error"),
	};
}
