import os from "node:os";
import type { ExitStatus } from "@rivetkit/engine-manager";

/** The shell's convention for a program that was ended by a signal: 128 and the signal's number. */
export function interruptedBy(signal: NodeJS.Signals): number {
	return 128 + (os.constants.signals[signal] ?? 0);
}

/** The exit code that says how another program ended; 1 where that is not known. */
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
