import { readFileSync } from "node:fs";
import path from "node:path";
import { EngineError, type Environment } from "@rivetkit/engine-core";
import { type TextSetting, textVariable } from "./text-setting.ts";

/** The variables that say a secret; with `_FILE` after it each names a file that does, as is usual in containers. */
export const SECRET_VARIABLES = {
	postgresUrl: ["RIVETKIT_ENGINE_POSTGRES_URL"],
	natsPassword: ["RIVETKIT_ENGINE_NATS_PASSWORD"],
	// The engine would take `007` from its own variable for the number 7.
	adminToken: ["RIVETKIT_ENGINE_ADMIN_TOKEN", "RIVET__AUTH__ADMIN_TOKEN"],
} as const;

/** All of them. */
export const SECRET_VARIABLE_NAMES: readonly string[] = Object.values(SECRET_VARIABLES).flat();

/**
 * The first of some variables that is set, or the content of the file that it names with `_FILE`.
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
		const text = readSecretFile(path.resolve(workingDirectory, file.text), file.origin.name);
		return { text, origin: file.origin };
	}
	return undefined;
}

/**
 * The content of a file without the line end that editors leave behind it.
 *
 * @throws EngineError `invalid_option`
 */
export function readSecretFile(file: string, variable: string): string {
	let text: string;
	try {
		text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
	} catch (error) {
		const { message } = error as NodeJS.ErrnoException;
		throw new EngineError(
			"invalid_option",
			`Variable '${variable}' names '${file}', which cannot be read: ${message}.`,
			{
				metadata: { variable, path: file, hint: "Check the path, and that this user may read the file." },
				cause: error,
			},
		);
	}
	if (text !== "") return text;
	throw new EngineError("invalid_option", `Variable '${variable}' names '${file}', which is empty.`, {
		metadata: { variable, path: file, hint: "Write the secret into it, and nothing else." },
	});
}
