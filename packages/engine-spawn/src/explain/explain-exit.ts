import type { ExitStatus } from "@rivetkit/engine-core";
import type { ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
import { explainKnownText } from "./explain-known-text.ts";
import { explainLiving } from "./explain-living.ts";
import { explainOutOfMemory, explainStatus } from "./explain-status.ts";
import { requireEvidence } from "./require-evidence.ts";

/**
 * Explains why an engine ended or is not ready, from its exit status, the last lines of its logs, and other evidence.
 * Pure. The texts that it knows are those of engine 2.3.5 to 2.3.19.
 *
 * @param exit - Undefined for an engine that has not ended: some failures make an engine try again for ever.
 * @throws EngineError `invalid_option`.
 */
export function explainExit(
	exit: ExitStatus | undefined,
	logTail: readonly string[],
	evidence: ExitEvidence = {},
): ExitExplanation {
	requireEvidence(exit, logTail, evidence);
	const end = exit && behindShell(exit);
	const memory = end && explainOutOfMemory(end, evidence);
	if (memory !== undefined) return memory;
	const said = endedSilently(end, evidence) ? undefined : explainKnownText(logTail);
	if (said !== undefined) return said;
	return end === undefined ? explainLiving(logTail, evidence) : explainStatus(end, logTail, evidence);
}

/** True for an engine that was healthy and was ended from outside: its log then does not mention the cause. */
function endedSilently(exit: ExitStatus | undefined, { wasHealthy = false }: ExitEvidence): boolean {
	if (!wasHealthy || exit === undefined) return false;
	return exit.kind === "signaled" ? exit.signal !== "SIGABRT" : exit.kind === "unknown" || exit.code === 0;
}

/**
 * Returns the exit status of the program that a shell ran: after a signal, the shell's exit code is 128 plus the
 * number of the signal.
 */
function behindShell(exit: ExitStatus): ExitStatus {
	const signal = exit.kind === "exited" ? SHELL_CODES[exit.code] : undefined;
	return signal === undefined ? exit : { kind: "signaled", signal };
}

/** Exit codes of a shell for signals that have the same number on every system. @see signal(7) */
const SHELL_CODES: Readonly<Record<number, NodeJS.Signals>> = {
	132: "SIGILL",
	134: "SIGABRT",
	137: "SIGKILL",
	139: "SIGSEGV",
	143: "SIGTERM",
};
