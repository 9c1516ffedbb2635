export type { BinaryOptions } from "./binary/binary-options.ts";
export { BINARY_TABLE } from "./binary/binary-table.ts";
export {
	type BinaryConfiguration,
	readBinary,
	type WantedBinary,
} from "./binary/read-binary.ts";
export {
	abortSignal,
	type Check,
	callback,
	count,
	duration,
	flag,
	logger,
	oneOf,
	text,
	variables,
} from "./checks.ts";
export type {
	ClusterOptions,
	EngineMessaging,
	EngineStorage,
	EngineTopology,
	PostgresSsl,
	Readiness,
} from "./cluster/cluster-options.ts";
export { type EngineDatabase, postgresName } from "./cluster/database.ts";
export type { PostgresHost } from "./cluster/postgres-url.ts";
export type {
	ClusterConfiguration,
	ClusterSettings,
	ConfiguredMessaging,
	ConfiguredStorage,
	EngineSecrets,
} from "./cluster/read-cluster.ts";
export { readSecretFile, SECRET_VARIABLE_NAMES } from "./cluster/secret-variables.ts";
export { type EngineServer, engineServers } from "./cluster/servers.ts";
export { withoutClusterVariables } from "./cluster/without-cluster-variables.ts";
export {
	type EngineConfiguration,
	readEngineConfiguration,
	readUsableConfiguration,
	requirePorts,
	withSettings,
} from "./configuration.ts";
export type { EngineOptions } from "./engine-options.ts";
export { invalidOptionError } from "./invalid-option.ts";
export { engineFile } from "./launch/engine-file.ts";
export type { LaunchOptions } from "./launch/launch-options.ts";
export { LAUNCH_TABLE } from "./launch/launch-table.ts";
export { openGuardWarning } from "./launch/open-guard-warning.ts";
export type { LaunchConfiguration } from "./launch/read-launch.ts";
export { requireLoopbackPorts } from "./launch/require-loopback-ports.ts";
export {
	NEVER_DROPPED,
	namesOfUnrecordedSettings,
	type UnrecordedSettings,
	unrecordedSettingsMissing,
} from "./launch/unrecorded-settings.ts";
export type { DefaultInputs, FlagSet, OptionFlag, OptionRow, OptionTable, SettingsOf } from "./option-row.ts";
export { flagsOf, OPTION_NAMES, OPTION_TABLE } from "./option-table.ts";
export type { CrashPolicy, PolicyOptions, VersionMismatchPolicy } from "./policy/policy-options.ts";
export type { PolicyConfiguration } from "./policy/read-policy.ts";
export { describeOrigin, type Origin, type Setting } from "./setting.ts";
export { bindableHost } from "./target/engine-ports.ts";
export type { ManagedBy } from "./target/managed-by.ts";
export {
	readTarget,
	type Target,
	type TargetConfiguration,
} from "./target/read-target.ts";
export type { SpawnMode } from "./target/spawn-mode.ts";
export { readStorageRoot } from "./target/storage-root.ts";
export type { TargetOptions } from "./target/target-options.ts";
export {
	checkOptions,
	checksOf,
	requireEnvironment,
	requireObject,
	validateOptions,
} from "./validate-options.ts";
