import type { EngineToStop } from "@rivetkit/engine-doctor";
import { wordForShell } from "../variables/quoted-for-shell.ts";

/** A flag and its value. A flag without a value is left out. */
type FlagValue = readonly [flag: string, value: string | undefined];

/** Formats a shell command that stops an engine. */
export function stopCommand(flags: readonly FlagValue[], command: string = "rivet-enginectl stop"): string {
	const words = flags.flatMap(([flag, value]) =>
		value === undefined ? [] : [`${flag} ${wordForShell(value)}`],
	);
	// npm reads flags itself unless they follow two dashes.
	const separator = words.length > 0 && command.startsWith("npm ") ? ["--"] : [];
	return [command, ...separator, ...words].join(" ");
}

/** Formats the command that stops an engine that the doctor has found. The command works in every folder. */
export function commandToStop({ storageRoot, instancePath, endpoint }: EngineToStop): string {
	return stopCommand([
		["--storage-root", storageRoot],
		["--endpoint", endpoint],
		["--instance", instancePath],
	]);
}
