export { identifyProcess, type ProcessIdentity, pidExists } from "./identity.ts";
export { isProcessIdentity } from "./is-process-identity.ts";
export { judgeProcess, type ProcessJudgement } from "./judge.ts";
export { sessionOfProcess, sessionSurvivors } from "./session.ts";
