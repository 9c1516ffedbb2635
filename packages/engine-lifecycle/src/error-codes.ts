import type { EngineDownloadErrorCode } from "@rivetkit/engine-download";
import type { EngineHealthErrorCode } from "@rivetkit/engine-health";
import type { EngineResolverErrorCode } from "@rivetkit/engine-resolver";
import type { EngineSpawnErrorCode } from "@rivetkit/engine-spawn";
import type { EngineExitCode } from "@rivetkit/engine-spawn/explain";

/** Every code that an `EngineError` from this package may have. */
export type EngineManagerErrorCode =
	| EngineDownloadErrorCode
	| EngineExitCode
	| EngineHealthErrorCode
	| EngineResolverErrorCode
	| EngineSpawnErrorCode
	| "already_running"
	| "endpoint_unresponsive"
	| "engine_in_use"
	| "engine_unsupported"
	| "not_ours"
	| "not_running"
	| "path_occupied"
	| "settings_missing"
	| "still_running"
	| "version_mismatch"
	| "version_upgrade";
