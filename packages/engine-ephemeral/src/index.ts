export type { EngineLogs, EnginePreset } from "@rivetkit/engine-core";
export {
	EngineError,
	type EngineErrorMetadata,
	type EngineHealth,
	type Environment,
	type ExitStatus,
	isEngineError,
	type Logger,
} from "@rivetkit/engine-core";
export type { Engine, EngineEvent, EngineStartup } from "@rivetkit/engine-lifecycle";
export type {
	EngineEndSignal,
	EngineEphemeralErrorCode,
	EphemeralCallOptions,
	EphemeralEngine,
	EphemeralEngineLogs,
} from "./ephemeral-engine.ts";
export type { EphemeralEngineOptions } from "./ephemeral-options.ts";
export { startEphemeralEngine } from "./start-ephemeral-engine.ts";
export { type SweepEphemeralEnginesOptions, sweepEphemeralEngines } from "./sweep-ephemeral-engines.ts";
