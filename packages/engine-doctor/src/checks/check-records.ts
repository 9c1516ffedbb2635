import { type InstanceLayout, isEngineError, parseEndpoint } from "@rivetkit/engine-core";
import { identifyProcess, judgeProcess } from "@rivetkit/engine-core/process";
import {
	type EngineRecord,
	type ReadRecord,
	type RivetkitRecord,
	readRecords,
	recordBelongs,
} from "@rivetkit/engine-instances";
import { type AreaFinding, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/** Checks whether the records of the last start are still true. A wrong record does not prevent a start. */
export async function checkRecords({ configuration }: Observations): Promise<readonly AreaFinding[]> {
	const { layout } = configuration.target;
	const { recorded, rivetkit } = await readRecords(layout);
	return [
		await judgeOwnRecord(recorded, layout),
		await judgeRivetkitRecord(rivetkit, layout.rivetkitRecordPath),
	];
}

async function judgeOwnRecord(read: ReadRecord<EngineRecord>, layout: InstanceLayout): Promise<AreaFinding> {
	switch (read.kind) {
		case "absent":
			return ok("No start is recorded.");
		case "corrupt":
			return notice(
				`The record '${read.path}' cannot be used: ${read.reason}. So it is not known which engine was started, and which engine has used the database.`,
				cureOf(read, layout),
			);
		case "present":
			return await judgeProcessOf(read.record, layout);
	}
}

/**
 * Returns the cure for a corrupt record. No cure deletes the record, because it keeps older engines away from the database.
 */
function cureOf(
	{ path, reason }: Extract<ReadRecord<EngineRecord>, { readonly kind: "corrupt" }>,
	{ databasePath }: InstanceLayout,
): string {
	// The reason is a system error, so the file could not be read at all.
	if (/^E[A-Z]+:/.test(reason)) return `Make '${path}' a file that this user can read.`;
	return `Make sure that no engine uses '${databasePath}', then start an engine with \`startOrReuse\`, which writes the record again.`;
}

async function judgeProcessOf(record: EngineRecord, layout: InstanceLayout): Promise<AreaFinding> {
	const { identity, startedAt, endpoint, databasePath } = record;
	const { pid } = identity;
	const file = layout.recordPath;
	const started = `The engine that was started at ${startedAt} (pid ${pid})`;
	switch (await judgeProcess(identity)) {
		case "alive":
			if (!(await recordBelongs(record, layout))) {
				return notice(
					`'${file}' was copied from the instance whose database is '${databasePath}', and describes the engine of that instance.`,
					`Leave process ${pid} alone; a start with \`startOrReuse\` writes the record again.`,
				);
			}
			return ok(`${started} is alive, at '${endpoint}'.`);
		case "unknown":
			return notice(
				`${started} cannot be judged from here, as one in another container or on another machine.`,
				"Look for it where it was started, and give each container a storage root of its own with `storageRoot` if both are to run.",
			);
		case "dead": {
			const successor = await identifyProcess(pid);
			if (successor === undefined) return ok(`${started} has ended.`);
			return notice(
				`${started} has ended, and its pid now belongs to another process, so '${file}' is out of date.`,
				`Leave process ${pid} alone; a start with \`startOrReuse\` writes the record again.`,
			);
		}
	}
}

async function judgeRivetkitRecord(read: ReadRecord<RivetkitRecord>, file: string): Promise<AreaFinding> {
	switch (read.kind) {
		case "absent":
			return ok("There is no `runtime.json`, a file that rivetkit also writes.");
		case "corrupt":
			return notice(
				`'${read.path}', which rivetkit reads, cannot be used: ${read.reason}.`,
				`Delete '${read.path}', or let the next start write it again.`,
			);
		case "present": {
			const { pid, endpoint, bind_host } = read.record;
			const { portOwnership } = await import("@rivetkit/engine-inspect");
			const port = recordedPort(endpoint);
			const [ownership] = port === undefined ? [] : await portOwnership(pid, [{ host: bind_host, port }]);
			const names = `'${file}', which rivetkit reads, names '${endpoint}' (pid ${pid})`;
			return ok(ownership === "own" ? `${names}, which listens there.` : `${names}, which is out of date.`);
		}
	}
}

/** Returns the port of an endpoint from rivetkit's record; undefined if the text is not an endpoint. */
export function recordedPort(endpoint: string): number | undefined {
	try {
		return parseEndpoint(endpoint).port;
	} catch (error) {
		if (!isEngineError(error, "invalid_endpoint")) throw error;
		return undefined;
	}
}
