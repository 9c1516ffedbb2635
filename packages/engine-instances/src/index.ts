export type { EngineInstance } from "./list/instance.ts";
export { type ListInstancesOptions, listInstances } from "./list/list-instances.ts";
export { type FollowLogOptions, followLog } from "./logs/follow-log.ts";
export { instanceLogs } from "./logs/instance-logs.ts";
export { pruneLogFiles } from "./logs/prune-log-files.ts";
export { type LogEnd, readLogEnd } from "./logs/read-log-end.ts";
export { notOurs } from "./proof/not-proven-error.ts";
export { type ProvenEngine, proveEngine } from "./proof/prove-target.ts";
export { proveUpstreamEngine } from "./proof/prove-unrecorded.ts";
export {
	type PruneInstancesOptions,
	type PruneInstancesResult,
	pruneInstances,
} from "./prune/prune-instances.ts";
export { lastVersionOn } from "./records/database-history.ts";
export { isAbandoned } from "./records/is-abandoned.ts";
export { judgeOwner, livingOwner } from "./records/living-record.ts";
export { markEnding } from "./records/mark-ending.ts";
export { type OwnerStamp, type ReadStamp, type RuntimeStamp, readStamp } from "./records/record.ts";
export { recordBelongs } from "./records/record-belongs.ts";
export { completeForAnother, recordSpawn, type SpawnRecord } from "./records/record-start.ts";
export type { RecordsOf } from "./records/update-owner.ts";
export { describeAbsence } from "./target/describe-absence.ts";
export { type Actual, describeRunning, type RunningEngine, type Stamps } from "./target/describe-running.ts";
export { answersAt, type LocatedEngine, locateEngine } from "./target/find-target.ts";
export { isMeant } from "./target/is-meant.ts";
