import { oneOf, port, text } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import { SPAWN_MODES } from "./spawn-mode.ts";
import type { TargetOptions } from "./target-options.ts";

/** The rows of {@link TargetOptions}. */
export const TARGET_TABLE: OptionTable<TargetOptions> = {
	endpoint: {
		check: text,
		variables: ["RIVET_ENGINE", "RIVET_ENDPOINT"],
		flags: [
			{
				flag: "--endpoint <url>",
				help: "the URL at which the engine answers; default http://127.0.0.1:6420 (RIVET_ENGINE, RIVET_ENDPOINT)",
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
				help: "the IP address on which the engine listens; default the endpoint's host (RIVET_RUN_ENGINE_HOST)",
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
				help: "the port on which the engine listens, from 1 to 65525; default the endpoint's port (RIVET_RUN_ENGINE_PORT)",
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
				help: "when an engine may be started; default auto: if the endpoint is on this machine (RIVETKIT_ENGINE_SPAWN)",
				set: "start",
				choices: SPAWN_MODES,
			},
		],
	},
	storageRoot: {
		check: text,
		// This variable gives the parent of the storage root, so `readStorageRoot` reads it.
		variables: ["RIVETKIT_STORAGE_PATH"],
		flags: [
			{
				flag: "--storage-root <folder>",
				help: "the folder of binaries, data and logs; default ~/.rivetkit (RIVETKIT_STORAGE_PATH names its parent)",
				set: "storage",
			},
		],
	},
	instancePath: {
		check: text,
		flags: [
			{
				flag: "--instance <name or folder>",
				help: "the name or folder of another engine than the default one",
				set: "target",
			},
		],
	},
};
