export { downloadEngine } from "./download-engine.ts";
export type { DownloadRequest, DownloadResult, EngineDownloadErrorCode } from "./download-request.ts";
export { type CachedEngine, listEngines } from "./list-engines.ts";
export { lookAtRelease, type ReleaseAnswer, type ReleaseLook } from "./look-at-release.ts";
export type { DownloadPhase, DownloadProgress } from "./progress-meter.ts";
export { type PruneErrorCode, type PruneOptions, type PruneResult, pruneEngines } from "./prune-engines.ts";
