import { readFileSync } from "node:fs";
import path from "node:path";
import { EngineError, type Environment } from "@rivetkit/engine-core";
import { type TextSetting, textVariable } from "./text-setting.ts";

/** The variables of secrets. For each, a variable with the suffix `_FILE` names a file with the secret, as is usual in containers. */
export const SECRET_VARIABLES = {
	postgresUrl: ["RIVETKIT_ENGINE_POSTGRES_URL"],
	natsPassword: ["RIVETKIT_ENGINE_NATS_PASSWORD"],
	// The engine would take `007` from its own variable for the number 7.
	adminToken: ["RIVETKIT_ENGINE_ADMIN_TOKEN", "RIVET__AUTH__ADMIN_TOKEN"],
} as const;

/** The names of all variables of secrets. */
export const SECRET_VARIABLE_NAMES: readonly string[] = Object.values(SECRET_VARIABLES).flat();

/**
 * Reads the first of some variables that is set, or the file that the same variable with `_FILE` names.
 *
 * @throws EngineError `invalid_option` for a file that cannot be read or is empty.
 */
export function secretVariable(
	names: readonly string[],
	environment: Environment,
	workingDirectory: string,
): TextSetting | undefined {
	for (const name of names) {
		const direct = textVariable(name, environment);
		if (direct !== undefined) return direct;
		const file = textVariable(`${name}_FILE`, environment);
		if (file === undefined) continue;
		const text = requireSecret(path.resolve(workingDirectory, file.text), file.origin.name);
		return { text, origin: file.origin };
	}
	return undefined;
}

/** Reads a file without the line end that editors add; returns an error if the file cannot be read. */
export function readSecretFile(file: string): string | Error {
	try {
		return readFileSync(file, "utf8").replace(/\r?\n$/, "");
	} catch (error) {
		return error as Error;
	}
}

function requireSecret(file: string, variable: string): string {
	const text = readSecretFile(file);
	if (text instanceof Error) {
		throw new EngineError(
			"invalid_option",
			`Variable '${variable}' names '${file}', which cannot be read: ${text.message}.`,
			{
				metadata: { variable, path: file, hint: "Check the path, and that this user may read the file." },
				cause: text,
			},
		);
	}
	if (text !== "") return text;
	throw new EngineError("invalid_option", `Variable '${variable}' names '${file}', which is empty.`, {
		metadata: { variable, path: file, hint: "Write the secret into it, and nothing else." },
	});
}
