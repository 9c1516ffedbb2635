import type { ProcessIdentity } from "./identify-process.ts";

/** Whether a value that was read from a file has the form of an identity. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
	if (value === null || typeof value !== "object") return false;
	const { pid, startTime, bootId, machineId, pidNamespace } = value as Partial<Record<string, unknown>>;
	const isPid = Number.isInteger(pid) && (pid as number) > 0;
	return (
		isPid &&
		[startTime, bootId, machineId, pidNamespace].every((one) => one === null || typeof one === "string")
	);
}
