import type { ExitStatus } from "@rivetkit/engine-core";
import type { EngineRecord } from "@rivetkit/engine-instances";

/** The reason why an engine ended: it was stopped, another engine replaces it, or nobody asked for its end. */
export type EndKind = "stopped" | "replaced" | "crashed";

/** The facts that are known about the end of an engine. */
export interface EndEvidence {
	/** Written into the record by the program that ended the engine on purpose. */
	readonly ending: EngineRecord["ending"];
	/** True if an engine of ours has taken its place and lives. */
	readonly isSucceeded?: boolean | undefined;
	readonly status: ExitStatus;
	readonly logTail: readonly string[];
}

/**
 * Decides why an engine ended. An engine that ended after a signal to end has not crashed: its parent sees that in
 * the exit status, other programs see it in the log. Pure.
 */
export function endKind({ ending, isSucceeded = false, status, logTail }: EndEvidence): EndKind {
	// A program that reads the record late finds the record of the next engine.
	if (isSucceeded) return "replaced";
	if (ending !== undefined) return ending === "restart" ? "replaced" : "stopped";
	switch (status.kind) {
		case "exited":
			return status.code === 0 ? "stopped" : "crashed";
		case "signaled":
			// The engine dies of these signals in its first moments, before it handles them.
			return ["SIGTERM", "SIGINT"].includes(status.signal) ? "stopped" : "crashed";
		case "unknown":
			return logTail.some((line) => TOLD_TO_END.test(line)) ? "stopped" : "crashed";
	}
}

/** Lines in which the engine logs a signal, and then its orderly end. */
const TOLD_TO_END = /message="(?:received SIG(?:TERM|INT)|all services finished)"/;
