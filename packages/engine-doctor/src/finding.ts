import type { EngineError } from "@rivetkit/engine-core";
import { redactUrls } from "@rivetkit/engine-core";

/** What the doctor looks at. */
export type DiagnosisArea =
	| "settings"
	| "binary"
	| "endpoint"
	| "ports"
	| "locks"
	| "records"
	| "database"
	| "storage"
	| "releases";

/** One thing that the doctor found. */
export interface Finding {
	readonly area: DiagnosisArea;
	/**
	 * `problem`: a start would fail by it. `notice`: it would not, and should be known. `info`: neither good nor bad.
	 */
	readonly level: "ok" | "info" | "notice" | "problem";
	/** Without credentials. */
	readonly message: string;
	/** One sentence that says what to do; undefined where nothing needs to be done. */
	readonly cure?: string | undefined;
}

/** A finding, before it is known where it belongs. */
export type AreaFinding = Omit<Finding, "area">;

/** A finding in its place, and without secrets, whatever it was made of. */
export function findingIn(area: DiagnosisArea, { level, message, cure }: AreaFinding): Finding {
	return { area, level, message: redactUrls(message), cure: cure && redactUrls(cure) };
}

/** All is well. */
export function ok(message: string): AreaFinding {
	return { level: "ok", message };
}

/** What is neither good nor bad. */
export function info(message: string): AreaFinding {
	return { level: "info", message };
}

/** What should be known, and what to do about it. */
export function notice(message: string, cure: string): AreaFinding {
	return { level: "notice", message, cure };
}

/** What an error would say, with its hint as the cure unless there is a better one. */
export function asFinding(
	level: "notice" | "problem",
	{ message, metadata }: EngineError,
	cure: string | undefined = metadata.hint,
): AreaFinding {
	return { level, message, cure };
}
