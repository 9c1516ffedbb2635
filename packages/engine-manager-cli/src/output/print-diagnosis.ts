import type {
	Diagnosis,
	DiagnosisArea,
	Finding,
	ReportedSetting,
	StartForecast,
} from "@rivetkit/engine-doctor";
import type { Flags } from "../flags/flags.ts";
import { longFlag } from "../flags/table-flags.ts";
import { addFlags } from "../hints/add-flags.ts";
import type { CommandLineIo } from "../io.ts";
import { printColumns } from "./print-columns.ts";

/** Values that show which flag the user has typed for an option with several flags. */
export type SourceFlags = Pick<Flags, "download" | "postgresUrlFile" | "telemetry">;

/** Prints a diagnosis for people: settings, then each area, then what a start would do. */
export function printDiagnosis(
	{ settings, findings, wouldStart }: Diagnosis,
	flags: SourceFlags,
	io: CommandLineIo,
): void {
	if (settings.length > 0) printSettings(settings, flags, io);
	for (const area of new Set(findings.map((finding) => finding.area))) {
		io.stdout.write(`\n${TITLES[area]}\n`);
		for (const finding of findings.filter((one) => one.area === area)) printFinding(finding, io);
	}
	io.stdout.write(`\n${conclude(wouldStart)}\n`);
}

function printSettings(settings: readonly ReportedSetting[], flags: SourceFlags, io: CommandLineIo): void {
	const rows = settings.flatMap((setting) =>
		setting.value === undefined ? [] : [[setting.name, setting.value, describeSource(setting, flags, io)]],
	);
	printColumns(io.stdout, ["SETTING", "VALUE", "FROM"], rows);
	const unset = settings.filter(({ value }) => value === undefined).map(({ name }) => name);
	if (unset.length > 0) io.stdout.write(`Not set: ${unset.join(", ")}\n`);
}

const TITLES: { readonly [Area in DiagnosisArea]: string } = {
	settings: "Settings",
	binary: "Binary",
	endpoint: "Endpoint",
	ports: "Ports",
	locks: "Locks",
	records: "Records",
	database: "Database",
	storage: "Storage",
	releases: "Release servers",
};

const MARKS: { readonly [Level in Finding["level"]]: string } = {
	ok: "ok",
	info: "-",
	notice: "note",
	problem: "PROBLEM",
};

const MARK_WIDTH = Math.max(...Object.values(MARKS).map((mark) => mark.length));

function printFinding({ level, message, cure }: Finding, { stdout }: CommandLineIo): void {
	stdout.write(`  ${MARKS[level].padEnd(MARK_WIDTH)}  ${addFlags(message)}\n`);
	if (cure !== undefined) stdout.write(`  ${" ".repeat(MARK_WIDTH)}  -> ${addFlags(cure)}\n`);
}

function conclude(forecast: StartForecast): string {
	switch (forecast.kind) {
		case "reuse":
			return `\`start\` would reuse the engine at ${forecast.endpoint}.`;
		case "restart":
			return `\`start\` would replace the engine at ${forecast.endpoint} with another version.`;
		case "join": {
			const who = forecast.pid === undefined ? "" : ` (pid ${forecast.pid})`;
			return `\`start\` would wait for the engine${who} that is starting at ${forecast.endpoint}, and reuse it.`;
		}
		case "start": {
			const { endpoint, binary } = forecast;
			const how = binary === undefined ? "download an engine and run it" : `run '${binary}'`;
			return `\`start\` would ${how} at ${endpoint}.`;
		}
		case "remote":
			return `\`start\` would do nothing: ${forecast.endpoint} is on another machine.`;
		case "fail":
			return `\`start\` would FAIL. See above: ${forecast.areas.map((area) => TITLES[area]).join(", ")}.`;
	}
}

/** Describes where a setting comes from. An option is named by its flag. */
function describeSource(
	{ name, origin }: ReportedSetting,
	flags: SourceFlags,
	{ environment }: CommandLineIo,
): string {
	// The tool always passes this option, so its origin is the flag or environment variable that the tool has read.
	if (name === "autoDownload") {
		const variable = "RIVETKIT_ENGINE_AUTO_DOWNLOAD";
		const { download } = flags;
		if (download !== undefined) return download ? "flag --download" : "flag --no-download";
		return environment[variable] === undefined ? "default of this tool" : `variable ${variable}`;
	}
	switch (origin.kind) {
		case "option":
			return `flag ${flagOf(name, origin.name, flags)}`;
		case "variable":
			return `variable ${origin.name}`;
		case "default":
			return "default";
	}
}

/** Returns the flag that was typed for a setting. One option may hold several settings. */
function flagOf(setting: string, option: string, { postgresUrlFile, telemetry }: SourceFlags): string {
	if (option === "storage") return postgresUrlFile === undefined ? "--postgres-url" : "--postgres-url-file";
	if (option === "telemetry") return telemetry === false ? "--no-telemetry" : "--telemetry";
	return longFlag(option, setting) ?? option;
}
