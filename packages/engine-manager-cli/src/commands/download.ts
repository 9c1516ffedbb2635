import { downloadEngineBinary } from "@rivetkit/engine-manager";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withOutputFlags,
	withReleaseFlags,
	withStorageFlag,
} from "../flags/flags.ts";
import { printJson, printTable } from "../io.ts";
import { formatBytes } from "../output/format-bytes.ts";
import { showProgress } from "../progress/show-progress.ts";

/** The values of the flags that only `download` has. */
interface DownloadFlags extends Flags {
	readonly component?: string;
	readonly platform?: string;
	readonly arch?: string;
	readonly destination?: string;
	readonly sha256?: string;
}

const INTERRUPTED = "What has come is kept: the same command goes on from there.\n";

/** `download` fetches and verifies an engine without running it. */
export const downloadCommand: MakeCommand = (io) => {
	const command = new Command("download").description(
		"Fetch an engine from a release server and verify it. It is not run.",
	);
	withOutputFlags(withReleaseFlags(withStorageFlag(command)));
	return command
		.argument("[version]", "a release, a commit's short sha, or latest (RIVETKIT_ENGINE_VERSION)")
		.option("--sha256 <digest>", "the digest that it must have; without it the release's SHA256SUMS says it")
		.option("--destination <folder>", "put it into this folder rather than the cache")
		.option("--platform <platform>", "for another system: linux, darwin, win32")
		.option("--arch <arch>", "for another processor: x64, arm64")
		.option("--component <name>", "another part of the release than the engine")
		.addHelpText(
			"after",
			example(
				"rivet-enginectl download 2.3.19",
				"rivet-enginectl download 2.3.19 --releases-endpoint file:///srv/mirror --destination ./bin",
			),
		)
		.action(async (version: string | undefined, flags: DownloadFlags) => {
			const { component, platform, arch, destination, sha256 } = flags;
			using progress = showProgress(io, flags.json === true);
			const downloading = downloadEngineBinary({
				...engineOptions(flags, { ...io, stderr: progress.stderr }),
				version,
				component,
				platform,
				arch,
				destination,
				sha256,
				onProgress: progress.onDownload,
			});
			const result = await downloading.finally(progress.end).catch((error: unknown) => {
				if (io.signal.aborted && flags.json !== true) io.stderr.write(INTERRUPTED);
				throw error;
			});
			if (flags.json === true) return printJson(io.stdout, result);
			io.stdout.write(`${result.path}\n\n`);
			printTable(io.stdout, [
				["from", result.source === "cache" ? "the cache, where it was already" : "the release server"],
				["size", formatBytes(result.sizeBytes)],
				["sha256", result.sha256],
			]);
		});
};
