import { isEngineError } from "@rivetkit/engine-core";
import { type CallOptions, type EngineContext, openContext } from "../context.ts";
import type { EngineOptions } from "../options.ts";
import { checkBinary } from "./check-binary.ts";
import { checkDatabase } from "./check-database.ts";
import { checkEndpoint } from "./check-endpoint.ts";
import { checkLocks } from "./check-locks.ts";
import { checkPorts } from "./check-ports.ts";
import { checkRecords } from "./check-records.ts";
import { checkReleases } from "./check-releases.ts";
import { checkSettings, flawOfVariable } from "./check-settings.ts";
import { checkStorage } from "./check-storage.ts";
import { type AreaFinding, type DiagnosisArea, type Finding, placed } from "./finding.ts";
import { failingAreas, forecastStart, type StartForecast } from "./forecast-start.ts";
import { type ReportedSetting, reportSettings } from "./report-settings.ts";
import { gatherSituation } from "./situation.ts";

/** What to look at, and whether to use the network for it. */
export interface DiagnoseOptions extends EngineOptions, Partial<CallOptions> {
	/** Whether the release servers are asked for the version. @defaultValue false */
	readonly online?: boolean | undefined;
}

/** What the doctor found. */
export interface Diagnosis {
	/** Empty if a variable cannot be used. */
	readonly settings: readonly ReportedSetting[];
	readonly findings: readonly Finding[];
	readonly wouldStart: StartForecast;
}

/** Looks at everything that a start would go by. See `diagnoseEngine`. */
export async function runDoctor(options: DiagnoseOptions & CallOptions): Promise<Diagnosis> {
	const { online = false, ...rest } = options;
	const opened = open(rest);
	if (opened.kind === "flawed") return opened.diagnosis;
	const { context } = opened;
	const situation = await gatherSituation(context);
	const checks: readonly (readonly [DiagnosisArea, Promise<readonly AreaFinding[]>])[] = [
		["settings", checkSettings(situation)],
		["binary", checkBinary(situation)],
		["endpoint", checkEndpoint(situation)],
		["ports", checkPorts(situation)],
		["locks", checkLocks(situation)],
		["records", checkRecords(situation)],
		["database", checkDatabase(situation)],
		["storage", checkStorage(situation)],
		["releases", checkReleases(situation, online)],
	];
	const findings = await Promise.all(
		checks.map(async ([area, check]) => (await check).map((finding) => placed(area, finding))),
	);
	context.signal?.throwIfAborted();
	return {
		settings: reportSettings(context.configuration),
		findings: findings.flat(),
		wouldStart: forecastStart(situation, findings.flat()),
	};
}

type Opened =
	| { readonly kind: "context"; readonly context: EngineContext }
	| { readonly kind: "flawed"; readonly diagnosis: Diagnosis };

/** With a variable that cannot be used there is nothing else that a start would come to. */
function open(options: EngineOptions & CallOptions): Opened {
	try {
		return { kind: "context", context: openContext(options) };
	} catch (error) {
		const flaw = isEngineError(error) ? flawOfVariable(error) : undefined;
		if (flaw === undefined) throw error;
		const findings: readonly Finding[] = [placed("settings", flaw)];
		const wouldStart: StartForecast = { kind: "fail", areas: failingAreas(findings) };
		return { kind: "flawed", diagnosis: { settings: [], findings, wouldStart } };
	}
}
