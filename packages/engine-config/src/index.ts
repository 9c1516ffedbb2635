export {
	abortSignal,
	type Check,
	callback,
	duration,
	flag,
	logger,
	oneOf,
	text,
	variables,
} from "./checks.ts";
export type {
	EngineMessaging,
	EngineStorage,
	EngineTopology,
	PostgresSsl,
	Readiness,
} from "./cluster/cluster-options.ts";
export {
	describeStorage,
	natsAt,
	natsName,
	postgresAt,
	postgresLocation,
	postgresName,
} from "./cluster/database.ts";
export type { PostgresHost } from "./cluster/postgres-url.ts";
export type { ClusterSettings, ConfiguredMessaging, ConfiguredStorage } from "./cluster/read-cluster.ts";
export { SECRET_VARIABLE_NAMES } from "./cluster/secret-variables.ts";
export { type EngineConfiguration, readEngineConfiguration, withSettings } from "./configuration.ts";
export type { CrashPolicy, EngineOptions, SpawnMode, VersionMismatchPolicy } from "./engine-options.ts";
export { engineFile } from "./launch/engine-file.ts";
export { openGuardWarning, requireLoopbackPorts } from "./launch/require-loopback-ports.ts";
export {
	NEVER_DROPPED,
	namesOfUnrecordedSettings,
	unrecordedSettingsMissing,
} from "./launch/unrecorded-settings.ts";
export { describeOrigin, type Origin, type Setting } from "./setting.ts";
export { bindableHost, configuredPorts, guardPort } from "./target/engine-ports.ts";
export { type ManagedBy, managedBy } from "./target/managed-by.ts";
export { readStorageRoot } from "./target/storage-root.ts";
export { checkOptions, invalidOptionError, OPTION_CHECKS, validateOptions } from "./validate-options.ts";
