import { type EngineError, redactUrls } from "@rivetkit/engine-core";
import type { EngineToStop } from "./engine-to-stop.ts";

/** An area that the doctor checks. */
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

/** A fact that the doctor found. */
export interface Finding {
	readonly area: DiagnosisArea;
	/**
	 * `problem`: a start would fail because of it. `notice`: a start would not fail, but people should know.
	 * `info`: neither good nor bad.
	 */
	readonly level: "ok" | "info" | "notice" | "problem";
	/** The fact in a sentence, without credentials. */
	readonly message: string;
	/** A sentence that says what to do, without credentials; undefined if nothing needs to be done. */
	readonly cure?: string | undefined;
	/** The engine to pass to `stopEngine`, if `cure` says so. */
	readonly engineToStop?: EngineToStop | undefined;
}

/** A finding to which no area was added yet. */
export type AreaFinding = Omit<Finding, "area">;

/** Adds an area to a finding, and removes secrets from its texts. */
export function findingIn(area: DiagnosisArea, { level, message, cure, engineToStop }: AreaFinding): Finding {
	return {
		area,
		level,
		message: redactUrls(message),
		cure: cure && redactUrls(cure),
		...(engineToStop && {
			engineToStop: { ...engineToStop, endpoint: redactUrls(engineToStop.endpoint) },
		}),
	};
}

/** Makes a finding that is good. */
export function ok(message: string): AreaFinding {
	return { level: "ok", message };
}

/** Makes a finding that is neither good nor bad. */
export function info(message: string): AreaFinding {
	return { level: "info", message };
}

/** Makes a finding that people should know about, with a cure. */
export function notice(message: string, cure: string): AreaFinding {
	return { level: "notice", message, cure };
}

/** Makes a finding from an error. The error's hint is the cure, unless a better cure is given. */
export function asFinding(
	level: "notice" | "problem",
	{ message, metadata }: EngineError,
	cure: string | undefined = metadata.hint,
): AreaFinding {
	return { level, message, cure };
}
