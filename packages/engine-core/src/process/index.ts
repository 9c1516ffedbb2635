export { identifyProcess, pidExists } from "./identify-process.ts";
export { judgeProcess, type ProcessJudgement } from "./judge-process.ts";
export { isProcessIdentity, type ProcessIdentity } from "./process-identity.ts";
export { sessionOfProcess, sessionSurvivors } from "./session.ts";
