export { type DatabaseChange, type DatabaseVersions, databaseChange } from "./database/database-change.ts";
export type { Mismatch } from "./engine.ts";
export { shutdownVariables } from "./foreground/shutdown-variables.ts";
export { requireExpected } from "./replace/require-expected.ts";
export { type ExpectedEngine, findMismatches } from "./reuse/find-mismatches.ts";
export { requireReusable } from "./reuse/require-reusable.ts";
export { type EndEvidence, type EndKind, endKind } from "./watch/end-kind.ts";
export { type CrashHistory, type RestartVerdict, restartVerdict } from "./watch/restart-policy.ts";
