import { diagnoseEngine } from "@rivetkit/engine-doctor";
import { Command } from "commander";
import type { MakeCommand } from "../command.ts";
import { example } from "../flags/example.ts";
import {
	engineOptions,
	type Flags,
	withBinaryFlags,
	withOutputFlags,
	withStartFlags,
	withTargetFlags,
} from "../flags/flags.ts";
import { printJson } from "../io.ts";
import { printDiagnosis } from "../output/print-diagnosis.ts";
import { withStopCommands } from "../output/with-stop-commands.ts";

/** `doctor` reports what a start would do, and what would prevent it. */
export const doctorCommand: MakeCommand = (io, setExitCode) => {
	const command = new Command("doctor").description(
		"Say what a start would do now, what is in its way, and what to do about it. Nothing is started or changed.",
	);
	withOutputFlags(withStartFlags(withBinaryFlags(withTargetFlags(command))));
	return command
		.option("--online", "ask the release servers for the version, too")
		.addHelpText(
			"after",
			example("rivet-enginectl doctor", "rivet-enginectl doctor --bind-port 7420 --instance second --json"),
		)
		.addHelpText("after", "\nExit codes: 0 a start would succeed, 1 it would fail.")
		.action(async (flags: Flags & { readonly online?: boolean }) => {
			const diagnosis = withStopCommands(
				await diagnoseEngine({ ...engineOptions(flags, io), online: flags.online }),
			);
			setExitCode(diagnosis.wouldStart.kind === "fail" ? 1 : 0);
			if (flags.json === true) printJson(io.stdout, diagnosis);
			else printDiagnosis(diagnosis, flags, io);
		});
};
