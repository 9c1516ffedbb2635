import { EngineError } from "@rivetkit/engine-manager";
import { quotedForShell } from "./quoted-for-shell.ts";

/** A format in which variables are written. */
export type VariableFormat = "shell" | "dotenv" | "json";

/**
 * Writes variables, one in each line.
 * - `shell`: `export A='...'`, which any POSIX shell evaluates to the very value.
 * - `dotenv`: `A='...'`. A value with a single quote is put between backticks, one with both between double quotes;
 *   Node's `--env-file` and the package dotenv read all three as they are.
 * - `json`: one object.
 *
 * @throws EngineError `unquotable_value` for a value with all three kinds of quotes, which a dotenv file cannot hold.
 */
export function formatVariables(variables: Readonly<Record<string, string>>, format: VariableFormat): string {
	const entries = Object.entries(variables);
	switch (format) {
		case "shell":
			return entries.map(([name, value]) => `export ${name}=${quotedForShell(value)}\n`).join("");
		case "dotenv":
			return entries.map(([name, value]) => `${name}=${quotedForDotenv(name, value)}\n`).join("");
		case "json":
			return `${JSON.stringify(variables, null, 2)}\n`;
	}
}

function quotedForDotenv(name: string, value: string): string {
	const quote = ["'", "`", '"'].find((mark) => !value.includes(mark));
	if (quote !== undefined) return quote + value + quote;
	throw new EngineError(
		"unquotable_value",
		`The value of ${name} has all three kinds of quotes in it, which a dotenv file cannot hold.`,
		{ metadata: { variable: name, hint: "Use --format shell or --format json." } },
	);
}
