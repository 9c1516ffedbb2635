export { type ProbeOptions, probeEngine } from "./probe.ts";
export { askDatabase, type DatabaseAnswer, tokenState, wantsToken } from "./probe-access.ts";
export { type DatabaseProbeOptions, type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";
export { describeProbe, type ProbeResult } from "./probe-result.ts";
export { type ProbeVerdict, probeVerdict } from "./probe-verdict.ts";
export { type EngineHealthErrorCode, type WaitOptions, waitForEngine } from "./wait.ts";
