export { identifyProcess, type ProcessIdentity, sessionOfProcess } from "./identity.ts";
export { judgeProcess, type ProcessJudgement } from "./judge.ts";
