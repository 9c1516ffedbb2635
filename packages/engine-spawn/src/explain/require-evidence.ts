import { type ExitStatus, requireKnownOptions, requireOption } from "@rivetkit/engine-core";
import type { ExitEvidence } from "./exit-explanation.ts";

/**
 * Checks the arguments of {@link explainExit}.
 *
 * @throws EngineError `invalid_option`.
 */
export function requireEvidence(
	exit: ExitStatus | undefined,
	logTail: readonly string[],
	evidence: ExitEvidence,
): void {
	requireOption("exit", exit === undefined || isExit(exit), "the status of a process that has ended");
	const isTail = Array.isArray(logTail) && logTail.every((line) => typeof line === "string");
	requireOption("logTail", isTail, "a list of lines");
	requireKnownOptions(evidence, EVIDENCE);
	const { wasHealthy, outOfMemory, descriptors, waited } = evidence;
	for (const [name, flag] of Object.entries({ wasHealthy, outOfMemory })) {
		requireOption(name, flag === undefined || typeof flag === "boolean", "true or false");
	}
	const isUse = hasNumbers(descriptors, ["open", "limit"]);
	requireOption("descriptors", descriptors === undefined || isUse, "an object with numbers open and limit");
	const isWait = hasNumbers(waited, ["pid", "timeoutMs"]);
	requireOption("waited", waited === undefined || isWait, "an object with numbers pid and timeoutMs");
}

const EVIDENCE: Readonly<Record<keyof ExitEvidence, true>> = {
	wasHealthy: true,
	outOfMemory: true,
	descriptors: true,
	waited: true,
};

/** True for an object in which each of these names has a number. */
export function hasNumbers(value: unknown, names: readonly string[]): boolean {
	const fields = new Map(Object.entries(value ?? {}));
	return names.every((name) => typeof fields.get(name) === "number");
}

function isExit(exit: ExitStatus): boolean {
	switch (exit?.kind) {
		case "exited":
			return typeof exit.code === "number";
		case "signaled":
			return typeof exit.signal === "string";
		default:
			return exit?.kind === "unknown";
	}
}
