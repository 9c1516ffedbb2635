export { EngineError, isEngineError } from "@rivetkit/engine-core";
export { type DiagnoseOptions, type Diagnosis, diagnoseEngine } from "./diagnose-engine.ts";
export type { EngineToStop } from "./engine-to-stop.ts";
export type { DiagnosisArea, Finding } from "./finding.ts";
export type { StartForecast } from "./forecast-start.ts";
export type { ReportedSetting } from "./report-settings.ts";
