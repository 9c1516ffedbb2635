export { type ProbeOptions, type ProbeResult, probeEngine } from "./probe.ts";
export { type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";
export {
	describeAnswer,
	type EngineHealthErrorCode,
	portOccupied,
	type WaitOptions,
	waitForEngine,
} from "./wait.ts";
