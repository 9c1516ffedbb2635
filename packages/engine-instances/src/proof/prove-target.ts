import { existsSync } from "node:fs";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { type ProcessIdentity, sessionOfProcess } from "@rivetkit/engine-core/process";
import { probeEngine, probeVerdict } from "@rivetkit/engine-health";
import { type EngineRecord, readRecords } from "../records/record.ts";
import type { TargetEngine } from "../target/find-target.ts";
import { notProvenError } from "./not-proven-error.ts";
import { proveUnrecorded } from "./prove-unrecorded.ts";

/** A process that was proven to be the target. */
export interface ProvenProcess {
	readonly identity: ProcessIdentity;
	/** True if the process leads its own session, which contains only this process and, after a wrapper script, its children. */
	readonly leadsSession: boolean;
	/** Our record of the process's start. */
	readonly record: EngineRecord | undefined;
}

/**
 * Proves which process is the target, and that it may be ended: the process that our record names, with all parts of
 * its identity; or the process that holds port and database, if rivetkit has recorded it.
 *
 * @param options - `force`: also accepts a process without any record. The proof is the same.
 * @returns Undefined if nothing is there.
 * @throws EngineError `not_ours`
 */
export async function proveTarget(
	layout: InstanceLayout,
	target: TargetEngine,
	{ force, signal }: { readonly force: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ProvenProcess | undefined> {
	if (!target.isHere) throw notProvenError(layout, target, { reason: "its endpoint is not on this machine" });
	const { record } = target;
	if (record === undefined) return await proveStranger(layout, target, { force, signal });
	const { identity } = record;
	const { pid } = identity;
	if (!(await executesRecorded(record))) {
		const reason = `pid ${pid}, which the record '${layout.recordPath}' names, does not execute '${record.binary.path}'`;
		throw notProvenError(layout, target, { reason, pid });
	}
	const { databasePath } = layout;
	const other = await otherDatabase(pid, databasePath);
	if (other !== undefined) {
		throw notProvenError(layout, target, { reason: `pid ${pid} uses the database '${other}'`, pid });
	}
	return { identity, record, leadsSession: (await sessionOfProcess(pid)) === pid };
}

/**
 * True if the recorded process runs the recorded binary, directly or with an interpreter, or if it may hold the recorded
 * port. This is checked because any program could have written the record.
 */
async function executesRecorded({ identity, binary, bindHost, ports }: EngineRecord): Promise<boolean> {
	const { portOwnership, processArguments } = await import("@rivetkit/engine-inspect");
	if ((await processArguments(identity.pid)).includes(binary.path)) return true;
	const [holder] = await portOwnership(identity.pid, [{ host: bindHost, port: ports.guard }]);
	return holder === "own" || holder === "unknown";
}

/** Finds the database that a process has open, if that is not `databasePath`: folders may have been moved or copied. */
async function otherDatabase(pid: number, databasePath: string): Promise<string | undefined> {
	const { engineDatabase, samePath } = await import("@rivetkit/engine-inspect");
	const open = await engineDatabase(pid);
	// A path that cannot be seen, as in another mount namespace, proves nothing.
	if (open === undefined || !existsSync(open)) return undefined;
	return (await samePath(open, databasePath)) ? undefined : open;
}

async function proveStranger(
	layout: InstanceLayout,
	target: TargetEngine,
	{ force, signal }: { readonly force: boolean; readonly signal: AbortSignal | undefined },
): Promise<ProvenProcess | undefined> {
	const verdict = probeVerdict(await probeEngine(target.endpoint, { signal }));
	switch (verdict.kind) {
		case "free":
			return undefined;
		case "occupied":
			throw notProvenError(layout, target, { reason: verdict.reason });
		case "engine":
		case "undecided":
	}
	const proof = await proveUnrecorded(target, layout);
	if (proof.kind === "unproven") throw notProvenError(layout, target, proof);
	const { identity } = proof;
	const { rivetkit } = await readRecords(layout);
	const isRecorded = rivetkit.kind === "present" && rivetkit.record.pid === identity.pid;
	if (!isRecorded && !force) {
		throw notProvenError(layout, target, {
			reason: `pid ${identity.pid} has the database of this storage, but neither this package nor rivetkit has recorded that it started it`,
			pid: identity.pid,
			hint: "Stop it where it was started, or end it all the same with `force: true`.",
		});
	}
	return { identity, record: undefined, leadsSession: false };
}
