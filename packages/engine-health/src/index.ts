export {
	type AskDatabaseOptions,
	askDatabase,
	type DatabaseAnswer,
	tokenState,
	wantsToken,
} from "./access/probe-access.ts";
export {
	type DatabaseProbeOptions,
	type DatabaseProbeResult,
	probeDatabase,
} from "./access/probe-database.ts";
export { type ProbeOptions, probeEngine } from "./probe/probe.ts";
export { describeProbe, type ProbeResult } from "./probe/probe-result.ts";
export { type ProbeVerdict, probeVerdict } from "./probe/probe-verdict.ts";
export { type EngineHealthErrorCode, type WaitOptions, waitForEngine } from "./wait/wait-for-engine.ts";
