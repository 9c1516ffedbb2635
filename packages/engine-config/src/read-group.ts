import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";
import { oneOf, port, releasesEndpoint, version } from "./checks.ts";
import type { EngineOptions, SpawnMode } from "./engine-options.ts";
import type { Setting } from "./setting.ts";
import { invalidOptionError } from "./validate-options.ts";

type OptionName = keyof EngineOptions;
type Given<Name extends OptionName> = NonNullable<EngineOptions[Name]>;

/** Reads an option, else the first of its variables that is set and not empty, else nothing. */
export type ReadSetting = <Name extends OptionName>(
	name: Name,
	variables: readonly string[],
	parse: (text: string, variable: string) => Given<Name> | undefined,
) => Setting<Given<Name> | undefined>;

/** The {@link ReadSetting} of these options and variables. */
export function settingReader(options: EngineOptions, environment: Environment): ReadSetting {
	return <Name extends OptionName>(
		name: Name,
		variables: readonly string[],
		parse: (text: string, variable: string) => Given<Name> | undefined,
	): Setting<Given<Name> | undefined> => {
		const option = options[name];
		if (option !== undefined) return { value: option as Given<Name>, origin: { kind: "option", name } };
		for (const variable of variables) {
			const text = environment[variable];
			const value = text === undefined || text === "" ? undefined : parse(text, variable);
			if (value !== undefined) return { value, origin: { kind: "variable", name: variable } };
		}
		return { value: undefined, origin: { kind: "default" } };
	};
}

/** A setting with a value where it had none; its origin stays the default. */
export function withDefault<Value>(setting: Setting<Value | undefined>, fallback: Value): Setting<Value> {
	return { value: setting.value ?? fallback, origin: setting.origin };
}

/** The release servers; a variable separates them by blanks. */
export function readReleases(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<readonly string[] | undefined> {
	const absolute = (place: string): string =>
		place.startsWith(".") ? path.resolve(workingDirectory, place) : place;
	const given = options.releasesEndpoint;
	if (given !== undefined) {
		return { value: [given].flat().map(absolute), origin: { kind: "option", name: "releasesEndpoint" } };
	}
	const name = "RIVETKIT_ENGINE_RELEASES_ENDPOINT";
	const list = environment[name]?.split(/\s+/).filter((item) => item !== "") ?? [];
	if (list.length === 0) return { value: undefined, origin: { kind: "default" } };
	demand(name, environment[name], releasesEndpoint(list));
	return { value: list.map(absolute), origin: { kind: "variable", name } };
}

/** Takes any text. */
export function asText(text: string): string {
	return text;
}

/** @throws EngineError `invalid_option`, naming the variable. */
export function asPort(text: string, variable: string): number {
	demand(variable, text, port(Number(text)));
	return Number(text);
}

/** @throws EngineError `invalid_option`, naming the variable. */
export function asVersion(text: string, variable: string): string {
	demand(variable, text, version(text));
	return text;
}

/** @throws EngineError `invalid_option`, naming the variable. */
export function asSpawnMode(text: string, variable: string): SpawnMode {
	demand(variable, text, oneOf("auto", "always", "never")(text));
	return text as SpawnMode;
}

/** Whether a variable turns something on. */
export function isYes(text: string): boolean {
	return ["1", "true", "yes"].includes(text.toLowerCase());
}

function demand(variable: string, value: unknown, expected: string | undefined): void {
	if (expected !== undefined) throw invalidOptionError(variable, value, expected, "variable");
}
