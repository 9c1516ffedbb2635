import type { Diagnosis, Finding } from "@rivetkit/engine-doctor";
import { commandToStop } from "./stop-command.ts";

/** Adds the command of this tool to cures that name the function `stopEngine`. */
export function withStopCommands(diagnosis: Diagnosis): Diagnosis {
	return { ...diagnosis, findings: diagnosis.findings.map(withStopCommand) };
}

function withStopCommand(finding: Finding): Finding {
	const { cure, engineToStop } = finding;
	if (cure === undefined || engineToStop === undefined) return finding;
	const command = commandToStop(engineToStop);
	return { ...finding, cure: cure.replace("`stopEngine`", () => `\`${command}\``) };
}
