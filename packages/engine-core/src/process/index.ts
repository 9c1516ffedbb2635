export { identifyProcess, type ProcessIdentity } from "./identity.ts";
export { judgeProcess, type ProcessJudgement } from "./judge.ts";
export { sessionOfProcess, sessionSurvivors } from "./session.ts";
