export type { EngineExitCode, ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
export { explainExit } from "./explain-exit.ts";
export { explainLease } from "./explain-living.ts";
