import { identifyWith, pidExists } from "./identify-process.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { localReader } from "./reader/local-reader.ts";
import type { ProcessPlace, ProcessReader } from "./reader/process-reader.ts";

/** Judgement of a process by its identity. `unknown`: this process cannot tell, such as from another container. */
export type ProcessJudgement = "alive" | "dead" | "unknown";

/** Judges if the process that `identity` describes is alive. Another process that has its pid by now does not count. */
export async function judgeProcess(identity: ProcessIdentity): Promise<ProcessJudgement> {
	return judgeWith(localReader(), identity);
}

/** Judges a process by what `reader` sees. */
export async function judgeWith(reader: ProcessReader, identity: ProcessIdentity): Promise<ProcessJudgement> {
	switch (comparePlaces(identity, await reader.readPlace())) {
		case "earlier-boot":
			return "dead";
		case "elsewhere":
			return "unknown";
		case "unsaid":
			return pidExists(identity.pid) ? "unknown" : "dead";
		case "here":
			return judgeSighting(identity, await identifyWith(reader, identity.pid));
	}
}

/** Judges by the process that has the pid now, in the place that the identity comes from. */
export function judgeSighting(
	identity: ProcessIdentity,
	seen: ProcessIdentity | undefined,
): ProcessJudgement {
	if (seen === undefined) return "dead";
	if (seen.startTime === null) return "unknown";
	return seen.startTime === identity.startTime ? "alive" : "dead";
}

/**
 * Tells the place of an identity as seen from `here`. The boot id alone does not tell: containers share it with their
 * host and have other pids, so the pid namespace must be the same as well.
 */
export function comparePlaces(
	identity: ProcessPlace & { readonly startTime: string | null },
	here: ProcessPlace,
): "here" | "earlier-boot" | "elsewhere" | "unsaid" {
	const nothingSaid = identity.startTime === null && identity.bootId === null && here.bootId === null;
	if (nothingSaid) return "unsaid";
	if (identity.bootId === null || here.bootId === null) return "elsewhere";
	if (identity.machineId !== here.machineId) return "elsewhere";
	if (identity.bootId !== here.bootId) return here.machineId === null ? "elsewhere" : "earlier-boot";
	const sameNamespace = identity.pidNamespace !== null && identity.pidNamespace === here.pidNamespace;
	return sameNamespace && identity.startTime !== null ? "here" : "elsewhere";
}
