export { type CachedEngine, listEngines } from "./cache/list-engines.ts";
export {
	type PruneErrorCode,
	type PruneOptions,
	type PruneResult,
	pruneEngines,
} from "./cache/prune-engines.ts";
export { downloadEngine } from "./download-engine.ts";
export type { DownloadRequest, DownloadResult, EngineDownloadErrorCode } from "./download-request.ts";
export { lookAtRelease, type ReleaseAnswer, type ReleaseLook } from "./look-at-release.ts";
export type { DownloadPhase, DownloadProgress } from "./progress/progress-meter.ts";
