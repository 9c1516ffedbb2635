export type {
	EngineEndSignal,
	EphemeralCallOptions,
	EphemeralEngine,
	EphemeralEngineLogs,
} from "./ephemeral-engine.ts";
export type { EphemeralEngineOptions } from "./ephemeral-options.ts";
export { startEphemeralEngine } from "./start-ephemeral-engine.ts";
export { sweepEphemeralEngines } from "./sweep-ephemeral-engines.ts";
