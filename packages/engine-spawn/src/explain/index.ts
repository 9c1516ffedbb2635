export type { EngineExitCode, ExitEvidence, ExitExplanation } from "./exit-explanation.ts";
export { explainExit } from "./explain-exit.ts";
export { explainLease, type LeaseWait, readLeaseWait } from "./lease-wait.ts";
