import { addFlags } from "./add-flags.ts";

/**
 * Fields of documents in JSON that hold texts of the libraries. Other strings are data, such as paths and lines of
 * logs, and stay as they are.
 */
const TEXT_FIELDS: ReadonlySet<string> = new Set(["message", "hint", "cure", "reason", "detail", "warnings"]);

/**
 * Adds flags to the texts of a document; to be passed to `JSON.stringify`. Readers of JSON get flags as well: they call
 * the tool, and the functions of the libraries may not be at hand for them.
 */
export function withFlagsInTexts(field: string, value: unknown): unknown {
	if (!TEXT_FIELDS.has(field)) return value;
	if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? addFlags(item) : item));
	return typeof value === "string" ? addFlags(value) : value;
}
