import type { EngineToStop } from "@rivetkit/engine-doctor";
import { wordForShell } from "../variables/quoted-for-shell.ts";

/** A flag and its value. A flag without a value is left out. */
type FlagValue = readonly [flag: string, value: string | undefined];

/** Words a command that stops an engine, as it is typed into a shell. */
export function stopCommand(flags: readonly FlagValue[], command: string = "rivet-enginectl stop"): string {
	const words = flags.flatMap(([flag, value]) =>
		value === undefined ? [] : [`${flag} ${wordForShell(value)}`],
	);
	// npm keeps flags for itself unless they follow two dashes.
	const separator = words.length > 0 && command.startsWith("npm ") ? ["--"] : [];
	return [command, ...separator, ...words].join(" ");
}

/** Words the command that stops an engine which the doctor has found. It works in every folder. */
export function commandToStop({ storageRoot, instancePath, endpoint }: EngineToStop): string {
	return stopCommand([
		["--storage-root", storageRoot],
		["--endpoint", endpoint],
		["--instance", instancePath],
	]);
}
