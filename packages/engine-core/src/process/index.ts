export { identifyProcess, type ProcessIdentity, sessionOfProcess, sessionSurvivors } from "./identity.ts";
export { judgeProcess, type ProcessJudgement } from "./judge.ts";
