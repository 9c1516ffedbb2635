import { duration, flag, oneOf } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import type { PolicyOptions, VersionMismatchPolicy } from "./policy-options.ts";

const VERSION_MISMATCH_POLICIES: readonly VersionMismatchPolicy[] = ["warn", "reuse", "error", "restart"];

/** The options that say what to do in which case, and how long to wait. */
export const POLICY_TABLE: OptionTable<PolicyOptions> = {
	onVersionMismatch: {
		check: oneOf(...VERSION_MISMATCH_POLICIES),
		fallback: () => "warn",
		flags: [
			{
				flag: "--on-version-mismatch <policy>",
				help: "when the engine that runs is of another version",
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
				help: "start an engine newer than the installed rivetkit's, which cannot use the database afterwards",
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
				help: "from the spawn until it is ready, in milliseconds",
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
				help: "how long to wait for one program that is starting an engine; then start without its lock",
				set: "launch",
				takes: "number",
			},
		],
	},
};
