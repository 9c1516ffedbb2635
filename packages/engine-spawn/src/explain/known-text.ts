import type { EngineExitCode } from "./exit-explanation.ts";

/** Something that the engine says, and what it means. */
export interface KnownText {
	readonly pattern: RegExp;
	readonly code: EngineExitCode;
	readonly reason: (match: RegExpExecArray) => string;
	readonly hint: string;
}
