import type { ExitStatus } from "@rivetkit/engine-core";

/** The codes of an engine that ended, or cannot work, for a known cause. */
export type EngineExitCode =
	| "binary_not_executable"
	| "binary_wrong_platform"
	| "config_invalid"
	| "database_locked"
	| "health_check_failed"
	| "no_space"
	| "ports_in_use"
	| "read_only"
	| "version_rollback";

/** Why an engine ended, or is not ready. */
export interface ExitExplanation {
	readonly code: EngineExitCode;
	/** One phrase, without a full stop. */
	readonly reason: string;
	readonly hint: string | undefined;
}

/**
 * Why an engine never became healthy, from how it ended and the last lines of its logs. The texts are those
 * of engine 2.3.5 to 2.3.19.
 *
 * @param exit - Undefined for an engine that has not ended: with some causes it tries again for ever.
 */
export function explainExit(exit: ExitStatus | undefined, logTail: readonly string[]): ExitExplanation {
	const text = logTail.join("\n");
	for (const { pattern, code, reason, hint } of KNOWN_TEXTS) {
		const match = pattern.exec(text);
		if (match !== null) return { code, reason: reason(match), hint };
	}
	if (exit !== undefined) return explainStatus(exit, logTail);
	return { code: "health_check_failed", reason: "it is alive but not ready", hint: undefined };
}

interface KnownText {
	readonly pattern: RegExp;
	readonly code: EngineExitCode;
	readonly reason: (match: RegExpExecArray) => string;
	readonly hint: string;
}

const KNOWN_TEXTS: readonly KnownText[] = [
	{
		pattern: /While lock file: (.+?)\/LOCK: Resource temporarily unavailable/,
		code: "database_locked",
		reason: (match) => `its database '${match[1]}' is in use by another engine`,
		hint: "Stop that engine, or give this one a database of its own with `instancePath` (`--instance`).",
	},
	{
		pattern: /Corruption: (.+)/,
		code: "health_check_failed",
		reason: (match) => `its database is damaged: ${shorten(match[1] ?? "")}`,
		hint: "Move the instance's folder `db` away, restore it from a copy, or use another with `instancePath` (`--instance`).",
	},
	{
		pattern: /rolled back to a previous version/i,
		code: "version_rollback",
		reason: () => "a newer engine has used its database, which this version can no longer read",
		hint: "Use the newer engine, or a database of its own with `instancePath` (`--instance`).",
	},
	{
		pattern: /failed to deserialize config[\s\S]*?Caused by:\s*(.+)/,
		code: "config_invalid",
		reason: (match) => `its configuration is invalid: ${shorten(match[1] ?? "")}`,
		hint: "Check the `config` and `env` options and inherited variables that start with `RIVET__`.",
	},
	{
		pattern: /No space left on device/i,
		code: "no_space",
		reason: () => "there is no space left on the device",
		hint: "Free some space, or move the storage root with `RIVETKIT_STORAGE_PATH`.",
	},
	{
		pattern:
			/IO error: [^\n]*(?:Permission denied|Read-only file system)|(?:Permission denied|Operation not permitted|Read-only file system) \(os error \d+\)/,
		code: "read_only",
		reason: (match) => `it may not write its files: ${shorten(match[0])}`,
		hint: "Check who owns the storage root, or choose another with `RIVETKIT_STORAGE_PATH`.",
	},
	{
		pattern: /Address (?:already )?in use/i,
		code: "ports_in_use",
		reason: () => "another process took one of its ports while it started",
		hint: "Try again, or choose another port with `bindPort` (`--bind-port`).",
	},
];

function explainStatus(exit: ExitStatus, logTail: readonly string[]): ExitExplanation {
	const lastWord = lastError(logTail) ?? logTail.at(-1);
	const said = lastWord === undefined ? "" : `: ${shorten(lastWord)}`;
	if (exit.kind === "exited" && (exit.code === 126 || exit.code === 127)) {
		return {
			code: "binary_wrong_platform",
			reason: `it could not be executed, or its script ran something that could not${said}`,
			hint: "Check that the file is made for this machine, and what a wrapper script calls.",
		};
	}
	if (exit.kind === "signaled" && ["SIGSEGV", "SIGBUS", "SIGILL"].includes(exit.signal)) {
		return {
			code: "binary_not_executable",
			reason: `it crashed at once, as a damaged file does${said}`,
			hint: "Fetch the binary again.",
		};
	}
	if (exit.kind === "signaled" && exit.signal === "SIGKILL") {
		return {
			code: "health_check_failed",
			reason: `somebody killed it, or the system for want of memory${said}`,
			hint: "Look for it in `dmesg`, and at the memory limit of the container, if it runs in one.",
		};
	}
	if (exit.kind === "exited" && exit.code === 101) {
		return {
			code: "health_check_failed",
			reason: `it panicked${said}`,
			hint: "Check `RUST_LOG` in the `env` option, and the log.",
		};
	}
	if (exit.kind === "exited" && exit.code === 0) {
		return {
			code: "health_check_failed",
			reason: `it ended without an error${said}`,
			hint: "Check that the file is an engine; it may have been stopped by somebody.",
		};
	}
	return {
		code: "health_check_failed",
		reason: lastWord === undefined ? "it gave no reason" : shorten(lastWord),
		hint: undefined,
	};
}

/** An error that ended the engine says what failed in its first line, and why below `Caused by:`. */
function lastError(logTail: readonly string[]): string | undefined {
	const index = logTail.findLastIndex((line) => line.startsWith("Error: "));
	if (index === -1) return undefined;
	const [error = "", label, cause = ""] = logTail.slice(index);
	return label === "Caused by:"
		? `${error.slice("Error: ".length)}: ${cause.trim()}`
		: error.slice("Error: ".length);
}

function shorten(text: string): string {
	const line = text.trim();
	return line.length <= 200 ? line : `${line.slice(0, 200)}…`;
}
