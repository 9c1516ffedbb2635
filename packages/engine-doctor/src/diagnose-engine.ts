import { checkOptions, type EngineOptions, flag, OPTION_TABLE } from "@rivetkit/engine-config";
import { isEngineError, requireKnownOptions } from "@rivetkit/engine-core";
import { CALL_CHECKS, type CallOptions, type EngineContext, openContext } from "@rivetkit/engine-lifecycle";
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

/** The options of the start to diagnose, and whether to use the network. */
export interface DiagnoseOptions extends EngineOptions, Partial<CallOptions> {
	/** True to ask the release servers for the version. @defaultValue false */
	readonly online?: boolean | undefined;
}

/** The names of all options, as properties. */
const KNOWN: Readonly<Record<keyof DiagnoseOptions, unknown>> = {
	...OPTION_TABLE,
	...CALL_CHECKS,
	online: true,
};

/** The result of a diagnosis. */
export interface Diagnosis {
	/** Every setting and its origin; empty if a variable cannot be used. */
	readonly settings: readonly ReportedSetting[];
	/** All facts that were found, in the order of their areas. */
	readonly findings: readonly Finding[];
	/** The result that a start would have now. */
	readonly wouldStart: StartForecast;
}

/**
 * Finds out what a start with these options would do now, and what would prevent it. Checks every setting and its origin,
 * every place for a binary, the endpoint and its ports, locks, records, database, disk, and release servers.
 *
 * Starts nothing and changes nothing. The endpoint is asked once, each port is bound for a moment, and a small file is
 * created and removed in each folder that a start would write to. Missing folders are not created. Only the binary that
 * a start would use is run, with `--version`. Release servers are contacted only if `online` is set.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint` for an option that cannot be used; the signal's reason if aborted. An
 * environment variable that cannot be used is a finding.
 */
export async function diagnoseEngine(options: DiagnoseOptions = {}): Promise<Diagnosis> {
	requireKnownOptions(options, KNOWN);
	const { online = false, environment = processEnvironment(), ...rest } = options;
	checkOptions({ online }, { online: flag });
	const opened = open({ ...rest, environment });
	if (opened.kind === "flawed") return opened.diagnosis;
	const { context } = opened;
	const observations = await observe(context);
	const checks: readonly (readonly [DiagnosisArea, Promise<readonly AreaFinding[]>])[] = [
		["settings", checkSettings(observations)],
		["binary", checkBinary(observations)],
		["endpoint", checkEndpoint(observations)],
		["ports", checkPorts(observations)],
		["locks", checkLocks(observations)],
		["records", checkRecords(observations)],
		["database", checkDatabase(observations)],
		["storage", checkDisk(observations)],
		["releases", checkReleases(observations, online)],
	];
	const findings = await Promise.all(
		checks.map(async ([area, check]) => (await check).map((finding) => findingIn(area, finding))),
	);
	context.signal?.throwIfAborted();
	return {
		settings: reportSettings(context.configuration),
		findings: findings.flat(),
		wouldStart: forecastStart(observations, findings.flat()),
	};
}

type Opened =
	| { readonly kind: "context"; readonly context: EngineContext }
	| { readonly kind: "flawed"; readonly diagnosis: Diagnosis };

/** Opens the context of a start. A variable that cannot be used ends the diagnosis, as it would end the start. */
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
