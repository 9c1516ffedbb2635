export { withBrackets, withoutBrackets } from "./endpoint/brackets.ts";
export {
	type EndpointCredentials,
	type EndpointErrorCode,
	type EngineEndpoint,
	engineBindsLoopbackOnly,
	invalidEndpointError,
	parseEndpoint,
} from "./endpoint/endpoint.ts";
export type { EngineHealth } from "./endpoint/engine-health.ts";
export { type BindAddress, type EnginePorts, PORT_OFFSETS } from "./endpoint/engine-ports.ts";
export { portOccupiedError } from "./endpoint/port-occupied.ts";
export type { ServerAddress } from "./endpoint/server-address.ts";
export type { EnginePreset } from "./engine-preset.ts";
export { EngineError, type EngineErrorMetadata, extendedError, isEngineError } from "./errors.ts";
export { createFolder } from "./files/create-folder.ts";
export { createWhole } from "./files/create-whole.ts";
export { INSTANCE_DRAFTS, oldDrafts, removeOldDrafts } from "./files/old-drafts.ts";
export { type ReadJson, readJson } from "./files/read-json.ts";
export { type LogEnd, type LogEndOptions, readLogEnd } from "./files/read-log-end.ts";
export { type StorageErrorCode, storageError } from "./files/storage-error.ts";
export { type FolderWatch, type WatchFolderOptions, watchFolder } from "./files/watch-folder.ts";
export { writeWhole } from "./files/write-whole.ts";
export { requireKnownOptions } from "./known-options.ts";
export { type ArtifactErrorCode, engineArtifactName } from "./layout/engine-artifact-name.ts";
export { type EngineCacheErrorCode, engineCachePath, isVersionName } from "./layout/engine-cache-path.ts";
export type { EngineLogs } from "./layout/engine-logs.ts";
export {
	defaultEngineVersion,
	engineOfRivetkit,
	findInstalledEngine,
	findPackage,
	type InstalledEngine,
} from "./layout/installed-engine.ts";
export { findMachineFolder, machineFolder } from "./layout/machine-folder.ts";
export {
	currentFolder,
	type Environment,
	type InstanceLayout,
	instanceLayout,
	type StorageLayoutErrorCode,
	type StorageRootOptions,
	storageRoot,
} from "./layout/storage-layout.ts";
export { type Logger, type LogMethod, silentLogger, tolerantLogger } from "./logger.ts";
export { type PauseOptions, pause } from "./pause.ts";
export { describeExit, type ExitStatus } from "./process/exit-status.ts";
export { redactSecrets, redactUnparsed, redactUrl, redactUrls } from "./redact.ts";
export { requireOption } from "./require-option.ts";
export {
	hasMethod,
	isAbortSignal,
	isDuration,
	isRecord,
	isStringList,
	isStringRecord,
	isText,
} from "./value-checks.ts";
