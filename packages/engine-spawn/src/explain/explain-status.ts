import type { ExitStatus } from "@rivetkit/engine-core";
import type { ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
import { shorten } from "./shorten.ts";

/** Explains an end from the exit status alone, for a log without a known text. */
export function explainStatus(
	exit: ExitStatus,
	logTail: readonly string[],
	evidence: ExitEvidence,
): ExitExplanation {
	switch (exit.kind) {
		case "exited":
			return explainCode(exit.code, logTail, evidence);
		case "signaled":
			return explainSignal(exit.signal, logTail, evidence);
		case "unknown":
			return evidence.wasHealthy
				? failed("only the process that started it knows how it ended", "See the end of its logs.")
				: ownWords(logTail);
	}
}

/**
 * Explains an end by a kill for lack of memory, from the system's count. The system counts for the engine's whole
 * cgroup: if the start was long ago, it may have killed other processes of that cgroup.
 */
export function explainOutOfMemory(exit: ExitStatus, evidence: ExitEvidence): ExitExplanation | undefined {
	const mayBeKilled = exit.kind === "unknown" || (exit.kind === "signaled" && exit.signal === "SIGKILL");
	if (!mayBeKilled || evidence.outOfMemory !== true) return undefined;
	const isSure = exit.kind === "signaled" && !evidence.wasHealthy;
	return failed(
		`the system ${isSure ? "killed it" : "has killed processes of its cgroup, and so probably this one,"} for lack of memory`,
		"Raise the memory limit of the container or service that it runs in, or stop what else uses its memory.",
	);
}

function explainCode(
	code: number,
	logTail: readonly string[],
	{ wasHealthy }: ExitEvidence,
): ExitExplanation {
	const said = wordsAfter(logTail);
	if (code === 0 && wasHealthy) {
		return failed("it was asked to stop", "Somebody has sent it SIGTERM or SIGINT, as `stopEngine` does.");
	}
	if (code === 0) {
		return failed(
			`it ended without an error${said}`,
			"Check that the file is an engine; it may have been stopped by somebody.",
		);
	}
	if (code === 101) return failed(`it panicked${said}`, "Check `RUST_LOG` in the `env` option, and the log.");
	if (code === 126 && /permission denied/i.test(said)) {
		return {
			code: "binary_not_executable",
			reason: `its script ran something that may not be executed${said}`,
			hint: "Give what the script calls the right to be executed (`chmod +x`), on a file system that is not mounted noexec.",
		};
	}
	// The C library passes a file that the system cannot execute to a shell, and the shell fails on the first bytes of the file.
	if (code === 126 || code === 127 || (code === 2 && /: syntax error/i.test(said))) {
		return {
			code: "binary_wrong_platform",
			reason: `it could not be executed, or its script ran something that could not${said}`,
			hint: "Check that the file is made for this machine, that the loader it names is there (`ldd`), and what a wrapper script calls.",
		};
	}
	return ownWords(logTail);
}

function explainSignal(
	signal: NodeJS.Signals,
	logTail: readonly string[],
	{ wasHealthy = false, outOfMemory }: ExitEvidence,
): ExitExplanation {
	const said = wasHealthy ? "" : wordsAfter(logTail);
	switch (signal) {
		case "SIGKILL":
			return outOfMemory === false
				? failed(
						`somebody killed it${said}`,
						"Look for who sent SIGKILL: a person, a supervisor, or a container that was stopped.",
					)
				: failed(
						`somebody killed it, or the system for lack of memory${said}`,
						"Look for it in `dmesg`, and at the memory limit of the container, if it runs in one.",
					);
		case "SIGTERM":
		case "SIGINT":
		case "SIGHUP":
		case "SIGQUIT":
		case "SIGUSR1":
		case "SIGUSR2":
			return failed(
				`somebody ended it with ${signal}${said}`,
				"Look for who sent it: `stopEngine`, a service manager, or a script.",
			);
		case "SIGABRT":
			return failed(`it aborted itself${wordsAfter(logTail)}`, "See its log, which may say why.");
		case "SIGSEGV":
		case "SIGBUS":
		case "SIGILL":
			return wasHealthy
				? failed(
						`it crashed with ${signal}`,
						"Start it again. If that comes again, fetch the binary again, and look at the memory of the machine.",
					)
				: explainFirstCrash(signal, said);
		default:
			return failed(`it was ended by ${signal}${said}`, "Look for who or what sent that signal.");
	}
}

function explainFirstCrash(signal: NodeJS.Signals, said: string): ExitExplanation {
	if (signal === "SIGILL") {
		return {
			code: "binary_wrong_platform",
			reason: `it used an instruction that this processor does not have${said}`,
			hint: "Use the published engine for this platform; if it is that one, fetch it again, since a damaged file can end so too.",
		};
	}
	return {
		code: "binary_not_executable",
		reason: `it crashed at once, as a damaged file does${said}`,
		hint: "Fetch the binary again.",
	};
}

function ownWords(logTail: readonly string[]): ExitExplanation {
	const words = lastWords(logTail);
	return { code: "health_check_failed", reason: words ?? "it gave no reason", hint: undefined };
}

function wordsAfter(logTail: readonly string[]): string {
	const words = lastWords(logTail);
	return words === undefined ? "" : `: ${words}`;
}

/**
 * Finds the reason in the engine's log: the last error, with the cause below `Caused by:`, or else the last unusual
 * line.
 */
function lastWords(logTail: readonly string[]): string | undefined {
	const index = logTail.findLastIndex((line) => line.startsWith("Error: "));
	if (index === -1) {
		const last = logTail.findLast((line) => !ORDINARY_LINE.test(line));
		return last && shorten(last);
	}
	const [error = "", label, cause = ""] = logTail.slice(index);
	const failure = error.slice("Error: ".length);
	return shorten(label === "Caused by:" ? `${failure}: ${cause.trim()}` : failure);
}

/** Matches a line of ordinary work, which does not explain the end. */
const ORDINARY_LINE = /^ts=\S+ level=(?:trace|debug|info) /;

function failed(reason: string, hint: string): ExitExplanation {
	return { code: "health_check_failed", reason, hint };
}
