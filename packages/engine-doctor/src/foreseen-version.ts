import type { Observations } from "./observations.ts";

/** The version that a start would bring, where that is known or asked for. */
export function foreseenVersion({
	configuration,
	sources,
}: Pick<Observations, "configuration" | "sources">): string | undefined {
	const { version, onVersionMismatch } = configuration;
	if (onVersionMismatch.value === "reuse") return undefined;
	const asked = version.origin.kind === "default" ? undefined : version.value;
	return sources.outcome.kind === "binary" ? sources.outcome.binary.version : asked;
}

/** Whether a start would try to have another engine take the place of the one that answers. */
export function wouldReplace(situation: Observations): boolean {
	const { answer, configuration, management } = situation;
	if (configuration.onVersionMismatch.value !== "restart" || management.kind === "remote") return false;
	const [running, foreseen] = [
		answer.kind === "engine" ? answer.health.version : undefined,
		foreseenVersion(situation),
	];
	return running !== undefined && foreseen !== undefined && running !== foreseen;
}
