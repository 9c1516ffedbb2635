import { readFileSync } from "node:fs";
import path from "node:path";
import { EngineError, type Environment } from "@rivetkit/engine-core";
import { type TextSetting, textVariable } from "./text-setting.ts";

/** Environment variables that hold secrets. The same name plus `_FILE` gives the path of a file with the secret instead. */
export const SECRET_VARIABLES = {
	postgresUrl: ["RIVETKIT_ENGINE_POSTGRES_URL"],
	natsPassword: ["RIVETKIT_ENGINE_NATS_PASSWORD"],
	// The second variable is the engine's own. We read it too, since the engine would turn the token `007` into the number 7.
	adminToken: ["RIVETKIT_ENGINE_ADMIN_TOKEN", "RIVET__AUTH__ADMIN_TOKEN"],
} as const;

/** The names of all secret variables, without `_FILE`. */
export const SECRET_VARIABLE_NAMES: readonly string[] = Object.values(SECRET_VARIABLES).flat();

/**
 * Reads a secret from the first name that is set, as an environment variable or with `_FILE`. The variable itself wins over
 * its `_FILE`.
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

/** Reads a file without its last line end, which editors add; returns the error if the file cannot be read. */
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
