export { engineInvocation } from "./engine-invocation.ts";
export { type ForegroundEngine, type RunOptions, runEngine } from "./run-engine.ts";
