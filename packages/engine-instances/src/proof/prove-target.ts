import { existsSync } from "node:fs";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { type ProcessIdentity, sessionOfProcess } from "@rivetkit/engine-core/process";
import { describeProbe, probeEngine } from "@rivetkit/engine-health";
import { type EngineRecord, readRecords } from "../records/record.ts";
import type { TargetEngine } from "../target/find-target.ts";
import { notProvenError } from "./not-proven-error.ts";
import { proveUnrecorded } from "./prove-unrecorded.ts";

/** A process that was proven to be the engine that is meant. */
export interface ProvenProcess {
	readonly identity: ProcessIdentity;
	/** Whether it leads a session of its own with nothing in it but what a wrapper script may have started. */
	readonly leadsSession: boolean;
	/** Our record of its start. */
	readonly owner: EngineRecord | undefined;
}

/**
 * Proves which process is the engine that is meant, and that it may be ended: one that our record names, with
 * all parts of its identity; or the one that holds port and database, if rivetkit has recorded it.
 *
 * @param options - `force`: also one that nobody has recorded. The proof is the same.
 * @returns Undefined if nothing is there.
 * @throws EngineError `not_ours`
 */
export async function proveTarget(
	layout: InstanceLayout,
	located: TargetEngine,
	{ force, signal }: { readonly force: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ProvenProcess | undefined> {
	if (!located.isHere)
		throw notProvenError(layout, located, { reason: "its endpoint is not on this machine" });
	const { owner } = located;
	if (owner === undefined) return await proveStranger(layout, located, { force, signal });
	const { identity } = owner;
	const { pid } = identity;
	if (!(await executesRecorded(owner))) {
		const reason = `pid ${pid}, which the record '${layout.recordPath}' names, does not execute '${owner.binary.path}'`;
		throw notProvenError(layout, located, { reason, pid });
	}
	const { databasePath } = layout;
	const other = await otherDatabase(pid, databasePath);
	if (other !== undefined) {
		throw notProvenError(layout, located, { reason: `pid ${pid} uses the database '${other}'`, pid });
	}
	return { identity, owner, leadsSession: (await sessionOfProcess(pid)) === pid };
}

/**
 * Whether the recorded process runs the recorded binary, as an interpreter may in its place, or else holds the
 * recorded port: a record is a file that anybody may have written.
 */
async function executesRecorded({ identity, binary, bindHost, ports }: EngineRecord): Promise<boolean> {
	const { portOwnership, processArguments } = await import("@rivetkit/engine-inspect");
	if ((await processArguments(identity.pid)).includes(binary.path)) return true;
	const [holder] = await portOwnership(identity.pid, [{ host: bindHost, port: ports.guard }]);
	return holder === "own" || holder === "unknown";
}

/** The database that a process has open, if it is another one: folders may have been moved, and copied, since the start. */
async function otherDatabase(pid: number, databasePath: string): Promise<string | undefined> {
	const { engineDatabase, samePath } = await import("@rivetkit/engine-inspect");
	const open = await engineDatabase(pid);
	// What is not there to be seen, as in another mount namespace, proves nothing.
	if (open === undefined || !existsSync(open)) return undefined;
	return (await samePath(open, databasePath)) ? undefined : open;
}

async function proveStranger(
	layout: InstanceLayout,
	located: TargetEngine,
	{ force, signal }: { readonly force: boolean; readonly signal: AbortSignal | undefined },
): Promise<ProvenProcess | undefined> {
	const answer = await probeEngine(located.endpoint, { signal });
	if (answer.kind === "free") return undefined;
	if (answer.kind === "foreign" || answer.kind === "not-an-engine") {
		throw notProvenError(layout, located, { reason: describeProbe(answer) });
	}
	const proof = await proveUnrecorded(located, layout);
	if (proof.kind === "unproven") throw notProvenError(layout, located, proof);
	const { identity } = proof;
	const { runtime } = await readRecords(layout);
	const isStamped = runtime.kind === "present" && runtime.stamp.pid === identity.pid;
	if (!isStamped && !force) {
		throw notProvenError(layout, located, {
			reason: `pid ${identity.pid} has the database of this storage, but neither this package nor rivetkit has recorded that it started it`,
			pid: identity.pid,
			hint: "Stop it where it was started, or end it all the same with `force: true` (`--force`).",
		});
	}
	return { identity, owner: undefined, leadsSession: false };
}
