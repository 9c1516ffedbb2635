export { type ArtifactErrorCode, engineArtifactName } from "./artifact.ts";
export { createFolder } from "./create-folder.ts";
export { createWhole } from "./create-whole.ts";
export {
	type EndpointCredentials,
	type EndpointErrorCode,
	type EngineEndpoint,
	engineBindsLoopbackOnly,
	invalidEndpoint,
	parseEndpoint,
} from "./endpoint.ts";
export { type EngineCacheErrorCode, engineCachePath, isVersionName } from "./engine-cache.ts";
export type { EngineHealth } from "./engine-health.ts";
export type { EngineLogs } from "./engine-logs.ts";
export { type BindAddress, type EnginePorts, PORT_OFFSETS } from "./engine-ports.ts";
export type { EnginePreset } from "./engine-preset.ts";
export { EngineError, type EngineErrorMetadata, isEngineError } from "./errors.ts";
export { describeExit, type ExitStatus } from "./exit-status.ts";
export {
	engineOfRivetkit,
	findInstalledEngine,
	findPackage,
	type InstalledEngine,
} from "./installed-engine.ts";
export { type Logger, type LogMethod, silentLogger, tolerantLogger } from "./logger.ts";
export { portOccupied } from "./port-occupied.ts";
export { type ReadJson, readJson } from "./read-json.ts";
export { redactSecrets } from "./redact.ts";
export { type OwnerStamp, type ReadStamp, type RuntimeStamp, readStamp } from "./stamp.ts";
export { type StorageErrorCode, storageError } from "./storage-error.ts";
export {
	type Environment,
	type InstanceLayout,
	instanceLayout,
	type StorageLayoutErrorCode,
	storageRoot,
} from "./storage-layout.ts";
export { isVersionAtLeast, newestVersion } from "./version.ts";
export { type FolderWatch, type WatchFolderOptions, watchFolder } from "./watch-folder.ts";
export { writeWhole } from "./write-whole.ts";
