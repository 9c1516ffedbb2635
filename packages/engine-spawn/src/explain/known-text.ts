import type { EngineExitCode } from "./exit-explanation.ts";

/** A text in an engine's log, and its meaning. */
export interface KnownText {
	readonly pattern: RegExp;
	readonly code: EngineExitCode;
	readonly reason: (match: RegExpExecArray) => string;
	readonly hint: string;
}
