import os from "node:os";

/** End of a process. `unknown` if no program could wait for its end. */
export type ExitStatus =
	| { readonly kind: "exited"; readonly code: number }
	| { readonly kind: "signaled"; readonly signal: NodeJS.Signals }
	| { readonly kind: "unknown" };

/** Describes an end in words, such as `exit status: 1` or `signal: 11 (SIGSEGV)`. */
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
