import { oneOf, port, text } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import { SPAWN_MODES } from "./spawn-mode.ts";
import type { TargetOptions } from "./target-options.ts";

/** The options that say which engine is meant. */
export const TARGET_TABLE: OptionTable<TargetOptions> = {
	endpoint: {
		check: text,
		variables: ["RIVET_ENGINE", "RIVET_ENDPOINT"],
		flags: [
			{
				flag: "--endpoint <url>",
				help: "where the engine answers (RIVET_ENGINE, RIVET_ENDPOINT)",
				set: "target",
			},
		],
	},
	bindHost: {
		check: text,
		variables: ["RIVET_RUN_ENGINE_HOST"],
		flags: [
			{
				flag: "--bind-host <address>",
				help: "the address that its guard binds (RIVET_RUN_ENGINE_HOST)",
				set: "target",
			},
		],
	},
	bindPort: {
		check: port,
		variables: ["RIVET_RUN_ENGINE_PORT"],
		parse: Number,
		flags: [
			{
				flag: "--bind-port <port>",
				help: "the port that its guard binds (RIVET_RUN_ENGINE_PORT)",
				set: "target",
				takes: "number",
			},
		],
	},
	spawn: {
		check: oneOf(...SPAWN_MODES),
		variables: ["RIVETKIT_ENGINE_SPAWN"],
		fallback: () => "auto",
		flags: [
			{
				flag: "--spawn <mode>",
				help: "whether to start an engine (RIVETKIT_ENGINE_SPAWN)",
				set: "start",
				choices: SPAWN_MODES,
			},
		],
	},
	storageRoot: {
		check: text,
		// They name its parent: `readStorageRoot` reads them.
		variables: ["RIVETKIT_STORAGE_PATH"],
		flags: [
			{
				flag: "--storage-root <folder>",
				help: "the .rivetkit folder (its parent: RIVETKIT_STORAGE_PATH)",
				set: "storage",
			},
		],
	},
	instancePath: {
		check: text,
		flags: [{ flag: "--instance <name or folder>", help: "an engine beside the default one", set: "target" }],
	},
};
