import { duration, flag, oneOf } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import type { PolicyOptions, VersionMismatchPolicy } from "./policy-options.ts";

const VERSION_MISMATCH_POLICIES: readonly VersionMismatchPolicy[] = ["warn", "reuse", "error", "restart"];

/** The rows of the options of {@link PolicyOptions}. */
export const POLICY_TABLE: OptionTable<PolicyOptions> = {
	onVersionMismatch: {
		check: oneOf(...VERSION_MISMATCH_POLICIES),
		fallback: () => "warn",
		flags: [
			{
				flag: "--on-version-mismatch <policy>",
				help: "what to do if the running engine has another version; default warn",
				set: "start",
				choices: VERSION_MISMATCH_POLICIES,
			},
		],
	},
	onCrash: { check: oneOf("report", "restart"), fallback: () => "report" },
	allowUpgrade: {
		check: flag,
		fallback: () => false,
		flags: [
			{
				flag: "--allow-upgrade",
				help: "allow an engine that is newer than the installed rivetkit, which cannot use the database afterwards; off by default",
				set: "launch",
			},
		],
	},
	startTimeoutMs: {
		check: duration,
		fallback: ({ usesPostgres }) => (usesPostgres ? 60_000 : 30_000),
		flags: [
			{
				flag: "--start-timeout <ms>",
				help: "time for the engine to become ready, in milliseconds; default 30000, with PostgreSQL 60000",
				set: "launch",
				takes: "number",
			},
		],
	},
	lockTimeoutMs: {
		check: duration,
		fallback: () => 60_000,
		flags: [
			{
				flag: "--lock-timeout <ms>",
				help: "time to wait for another program that is starting the engine, in milliseconds; then start anyway; default 60000",
				set: "launch",
				takes: "number",
			},
		],
	},
};
