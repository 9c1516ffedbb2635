import type { ProcessIdentity } from "../identify-process.ts";

/** How one platform tells of its processes. What it cannot tell is a value; neither function throws. */
export interface ProcessReader {
	/** Looks at what has `pid`, which something had a moment ago. */
	readProcess(pid: number): Promise<ProcessSighting>;
	/** Looks at where this process is. */
	readPlace(): Promise<ProcessPlace>;
}

/** What a pid was seen to stand for. */
export type ProcessSighting =
	| { readonly kind: "running"; readonly startTime: string }
	/** A zombie: nothing but the pid is left. */
	| { readonly kind: "ended" }
	/** Nobody could say, be it that the process hides or that it is gone by now. */
	| { readonly kind: "unreadable" };

/** What an identity says of the machine, its boot and the pid namespace. */
export type ProcessPlace = Omit<ProcessIdentity, "pid" | "startTime">;
