export { type LogEnd, readLogEnd } from "@rivetkit/engine-core";
export type { EngineInstance } from "./list/instance.ts";
export { type ListInstancesOptions, listInstances } from "./list/list-instances.ts";
export { type FollowLogOptions, followLog } from "./logs/follow-log.ts";
export { instanceLogs } from "./logs/instance-logs.ts";
export { KEPT_LOG_PAIRS, pruneLogFiles } from "./logs/prune-log-files.ts";
export { notProvenError } from "./proof/not-proven-error.ts";
export { type ProvenProcess, proveTarget } from "./proof/prove-target.ts";
export { proveUnrecorded } from "./proof/prove-unrecorded.ts";
export {
	type PruneInstancesOptions,
	type PruneInstancesResult,
	pruneInstances,
} from "./prune/prune-instances.ts";
export { lastVersionOn } from "./records/database-history.ts";
export { isAbandoned } from "./records/is-abandoned.ts";
export { judgeRecord, livingRecord } from "./records/living-record.ts";
export {
	type EngineRecord,
	type ReadRecord,
	type ReadRecords,
	type RivetkitRecord,
	readRecords,
} from "./records/record.ts";
export { recordBelongs } from "./records/record-belongs.ts";
export { completeForAnother, recordStart, type StartRecord } from "./records/record-start.ts";
export { markEnding, type RecordedInstance } from "./records/update-record.ts";
export { type ActualEngine, describeRunning, type RunningEngine } from "./target/describe-running.ts";
export { answersAt, findTarget, type TargetEngine } from "./target/find-target.ts";
export { describeAbsence, targetIsKnown } from "./target/target-is-known.ts";
