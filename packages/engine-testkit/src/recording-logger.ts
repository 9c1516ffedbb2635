import type { Logger, LogMethod } from "@rivetkit/engine-core";

/** A call of a log method. */
export interface RecordedEntry {
	readonly level: keyof Logger;
	readonly fields: Readonly<Record<string, unknown>>;
	readonly message: string;
}

/** A logger that remembers what it was told. */
export interface RecordingLogger extends Logger {
	readonly entries: readonly RecordedEntry[];
	/** The messages of all levels, or of one, in the order in which they came. */
	messages(level?: keyof Logger): string[];
}

/** A logger for tests that look at what was logged. */
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
