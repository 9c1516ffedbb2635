import os from "node:os";

/** How a process ended. `unknown`: no program could read its exit status. */
export type ExitStatus =
	| { readonly kind: "exited"; readonly code: number }
	| { readonly kind: "signaled"; readonly signal: NodeJS.Signals }
	| { readonly kind: "unknown" };

/** Describes in words how a process ended, such as `exit status: 1` or `signal: 11 (SIGSEGV)`. */
export function describeExit(status: ExitStatus): string {
	switch (status.kind) {
		case "exited":
			return `exit status: ${status.code}`;
		case "signaled":
			return `signal: ${os.constants.signals[status.signal]} (${status.signal})`;
		case "unknown":
			return "unknown status";
	}
}
