import path from "node:path";
import type { EnginePreset } from "@rivetkit/engine-core";
import { engineSettings, engineVariables, flag, oneOf, text, url } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import { isYes } from "../read-group.ts";
import type { LaunchOptions } from "./launch-options.ts";

const PRESETS: readonly EnginePreset[] = ["local-dev", "engine-defaults"];

/** The rows of the options of {@link LaunchOptions}. */
export const LAUNCH_TABLE: OptionTable<LaunchOptions> = {
	peerHost: {
		check: text,
		flags: [
			{
				flag: "--peer-host <address>",
				help: "the IP address of the api-peer port, which needs no token; default loopback",
				set: "launch",
			},
		],
	},
	metricsHost: {
		check: text,
		flags: [
			{
				flag: "--metrics-host <address>",
				help: "the IP address of the metrics port, which needs no token; default loopback",
				set: "launch",
			},
		],
	},
	publicUrl: {
		check: url,
		flags: [
			{
				flag: "--public-url <url>",
				help: "the URL at which others reach the engine",
				set: "launch",
			},
		],
	},
	env: { check: engineVariables, fallback: () => ({}) },
	config: { check: engineSettings },
	cwd: { check: text, complete: (folder, workingDirectory) => path.resolve(workingDirectory, folder) },
	preset: {
		check: oneOf(...PRESETS),
		fallback: () => "local-dev",
		flags: [
			{
				flag: "--preset <name>",
				help: "the settings of the engine that no option names; default local-dev, in `run` engine-defaults",
				set: "launch",
				choices: PRESETS,
			},
		],
	},
	telemetry: {
		check: flag,
		variables: ["DO_NOT_TRACK"],
		parse: (value) => (isYes(value) ? false : undefined),
		// The engine would report the PostgreSQL URL, which may contain a password.
		fallback: ({ usesPostgres }) => (usesPostgres ? false : undefined),
		flags: [
			{
				flag: "--telemetry",
				help: "let the engine report to Rivet, also the PostgreSQL URL; default on, with PostgreSQL off",
				set: "launch",
			},
			{
				flag: "--no-telemetry",
				help: "keep the engine from reporting to Rivet (DO_NOT_TRACK)",
				set: "launch",
			},
		],
	},
	unsafelyExposeUnauthenticatedPorts: {
		check: flag,
		fallback: () => false,
		flags: [
			{
				flag: "--unsafely-expose-unauthenticated-ports",
				help: "allow addresses that other machines reach for --peer-host and --metrics-host; off by default",
				set: "cluster",
			},
		],
	},
};
