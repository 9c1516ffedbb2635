import type { EngineConfiguration } from "@rivetkit/engine-config";

/** The command that stops the engine of this instance, as it is typed into a shell, from whatever folder. */
export function stopCommand(
	{ target, instancePath }: Pick<EngineConfiguration, "target" | "instancePath">,
	endpoint: string,
): string {
	const instance = /[/\\]/.test(instancePath.value ?? "") ? target.layout.folder : instancePath.value;
	const flags = ["--storage-root", target.storageRoot, "--endpoint", endpoint];
	const words = instance === undefined ? flags : [...flags, "--instance", instance];
	return `rivet-enginectl stop ${words.map(quoted).join(" ")}`;
}

function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
