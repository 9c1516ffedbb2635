import os from "node:os";
import type { ExitStatus } from "@rivetkit/engine-manager";

/** Returns the exit code of a program that a signal ended, by the shell's convention: 128 and the signal's number. */
export function interruptedBy(signal: NodeJS.Signals): number {
	return 128 + (os.constants.signals[signal] ?? 0);
}

/** Returns the exit code that shows how another program has ended; 1 if that is unknown. */
export function exitCodeOfStatus(status: ExitStatus): number {
	switch (status.kind) {
		case "exited":
			return status.code;
		case "signaled":
			return interruptedBy(status.signal);
		case "unknown":
			return 1;
	}
}
