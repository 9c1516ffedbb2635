import type { EngineOptions } from "@rivetkit/engine-config";
import { isEngineError } from "@rivetkit/engine-core";
import { type CallOptions, type EngineContext, openContext } from "@rivetkit/engine-lifecycle";
import { checkBinary } from "./checks/check-binary.ts";
import { checkDatabase } from "./checks/check-database.ts";
import { checkDisk } from "./checks/check-disk.ts";
import { checkEndpoint } from "./checks/check-endpoint.ts";
import { checkLocks } from "./checks/check-locks.ts";
import { checkPorts } from "./checks/check-ports.ts";
import { checkRecords } from "./checks/check-records.ts";
import { checkReleases } from "./checks/check-releases.ts";
import { checkSettings, flawOfVariable } from "./checks/check-settings.ts";
import { processEnvironment } from "./environment.ts";
import { type AreaFinding, type DiagnosisArea, type Finding, findingIn } from "./finding.ts";
import { failingAreas, forecastStart, type StartForecast } from "./forecast-start.ts";
import { observe } from "./observations.ts";
import { type ReportedSetting, reportSettings } from "./report-settings.ts";

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

/**
 * Says what a start with these options would do now, and what is in its way: every setting and where it came from,
 * every place for a binary, the endpoint and its ports, locks, records, database, disk, and release servers.
 *
 * Starts nothing and leaves everything as it is. The endpoint is asked once, each port bound for a moment, and a file
 * made and removed in each folder that a start would write to; folders that are missing are not made. Of the binaries
 * only the one that would be used is run, with `--version`. The network is used only if `online` says so.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint` for an option that cannot be used, while a variable
 * that cannot is a finding; the signal's reason if aborted.
 */
export async function diagnoseEngine(options: DiagnoseOptions = {}): Promise<Diagnosis> {
	const { online = false, environment = processEnvironment(), ...rest } = options;
	const opened = open({ ...rest, environment });
	if (opened.kind === "flawed") return opened.diagnosis;
	const { context } = opened;
	const situation = await observe(context);
	const checks: readonly (readonly [DiagnosisArea, Promise<readonly AreaFinding[]>])[] = [
		["settings", checkSettings(situation)],
		["binary", checkBinary(situation)],
		["endpoint", checkEndpoint(situation)],
		["ports", checkPorts(situation)],
		["locks", checkLocks(situation)],
		["records", checkRecords(situation)],
		["database", checkDatabase(situation)],
		["storage", checkDisk(situation)],
		["releases", checkReleases(situation, online)],
	];
	const findings = await Promise.all(
		checks.map(async ([area, check]) => (await check).map((finding) => findingIn(area, finding))),
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
		const findings: readonly Finding[] = [findingIn("settings", flaw)];
		const wouldStart: StartForecast = { kind: "fail", areas: failingAreas(findings) };
		return { kind: "flawed", diagnosis: { settings: [], findings, wouldStart } };
	}
}
