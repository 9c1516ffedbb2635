import path from "node:path";
import { defaultEngineVersion } from "@rivetkit/engine-core";
import { flag, releasesEndpoint, text, version } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import { isYes } from "../read-group.ts";
import type { BinaryOptions } from "./binary-options.ts";

const DEFAULT_RELEASES_ENDPOINT = "https://releases.rivet.dev";

/** The rows of {@link BinaryOptions}. */
export const BINARY_TABLE: OptionTable<BinaryOptions> = {
	binaryPath: {
		check: text,
		variables: ["RIVET_ENGINE_BINARY_PATH", "RIVET_ENGINE_BINARY"],
		flags: [
			{
				flag: "--binary <file>",
				help: "use this binary, and no other (RIVET_ENGINE_BINARY_PATH, RIVET_ENGINE_BINARY)",
				set: "installed binary",
			},
		],
	},
	cargoRoot: {
		check: text,
		flags: [
			{
				flag: "--cargo-root <folder>",
				help: "use the binary that was built in this checkout of Rivet",
				set: "installed binary",
			},
		],
	},
	version: {
		check: version,
		variables: ["RIVETKIT_ENGINE_VERSION", "RIVET_RUN_ENGINE_VERSION"],
		fallback: ({ workingDirectory }) => defaultEngineVersion(workingDirectory),
		flags: [
			{
				flag: "--engine-version <version>",
				help: "use this version; default that of the installed @rivetkit/engine-cli (RIVETKIT_ENGINE_VERSION, RIVET_RUN_ENGINE_VERSION)",
				set: "installed binary",
			},
		],
	},
	autoDownload: {
		check: flag,
		variables: ["RIVETKIT_ENGINE_AUTO_DOWNLOAD"],
		parse: isYes,
		fallback: () => false,
		flags: [
			{
				flag: "--download",
				help: "download the binary if none is installed or cached; off by default (RIVETKIT_ENGINE_AUTO_DOWNLOAD)",
				set: "binary",
			},
			{ flag: "--no-download", help: "never download the binary", set: "binary" },
		],
	},
	releasesEndpoint: {
		check: releasesEndpoint,
		variables: ["RIVETKIT_ENGINE_RELEASES_ENDPOINT"],
		parse: wordsOf,
		complete: (places, workingDirectory) =>
			[places].flat().map((place) => (place.startsWith(".") ? path.resolve(workingDirectory, place) : place)),
		fallback: () => [DEFAULT_RELEASES_ENDPOINT],
		flags: [
			{
				flag: "--releases-endpoint <url or folder>",
				help: "download from here; repeatable; default https://releases.rivet.dev (RIVETKIT_ENGINE_RELEASES_ENDPOINT)",
				set: "releases",
				takes: "list",
			},
		],
	},
	unsafelyAllowHttp: {
		check: flag,
		fallback: () => false,
		flags: [
			{
				flag: "--unsafely-allow-http",
				help: "allow downloads over plain http from other machines; off by default",
				set: "releases",
			},
		],
	},
};

/** Parses a list of release servers from an environment variable, separated by blanks. */
function wordsOf(text: string): readonly string[] | undefined {
	const words = text.split(/\s+/).filter((word) => word !== "");
	return words.length === 0 ? undefined : words;
}
