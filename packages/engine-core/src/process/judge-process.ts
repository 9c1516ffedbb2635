import { identifyWith, pidExists } from "./identify-process.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { localReader } from "./reader/local-reader.ts";
import type { ProcessPlace, ProcessReader } from "./reader/process-reader.ts";

/** Judgement about a recorded process. `unknown`: it cannot be checked from here, for example from another container. */
export type ProcessJudgement = "alive" | "dead" | "unknown";

/** Judges if the process that `identity` describes is alive. A different process that has the same pid now does not count. */
export async function judgeProcess(identity: ProcessIdentity): Promise<ProcessJudgement> {
	return judgeWith(localReader(), identity);
}

/** Judges a process with the facts that `reader` finds. */
export async function judgeWith(reader: ProcessReader, identity: ProcessIdentity): Promise<ProcessJudgement> {
	switch (comparePlaces(identity, await reader.readPlace())) {
		case "earlier-boot":
			return "dead";
		case "elsewhere":
			return "unknown";
		case "not-recorded":
			return pidExists(identity.pid) ? "unknown" : "dead";
		case "here":
			return judgeSighting(identity, await identifyWith(reader, identity.pid));
	}
}

/** Compares an identity with the process that has its pid now, on the same machine, boot and pid namespace. */
export function judgeSighting(
	identity: ProcessIdentity,
	seen: ProcessIdentity | undefined,
): ProcessJudgement {
	if (seen === undefined) return "dead";
	if (seen.startTime === null) return "unknown";
	return seen.startTime === identity.startTime ? "alive" : "dead";
}

/**
 * Compares the place of an identity with `here`. Equal boot ids are not enough: a container has the boot id of its host
 * but different pids, so the pid namespace must be equal as well.
 */
export function comparePlaces(
	identity: ProcessPlace & { readonly startTime: string | null },
	here: ProcessPlace,
): "here" | "earlier-boot" | "elsewhere" | "not-recorded" {
	const nothingRecorded = identity.startTime === null && identity.bootId === null && here.bootId === null;
	if (nothingRecorded) return "not-recorded";
	if (identity.bootId === null || here.bootId === null) return "elsewhere";
	if (identity.machineId !== here.machineId) return "elsewhere";
	if (identity.bootId !== here.bootId) return here.machineId === null ? "elsewhere" : "earlier-boot";
	const sameNamespace = identity.pidNamespace !== null && identity.pidNamespace === here.pidNamespace;
	return sameNamespace && identity.startTime !== null ? "here" : "elsewhere";
}
