import { addFlags } from "./add-flags.ts";

/**
 * Fields of JSON documents that contain texts from the libraries. Other strings are data, such as paths and log lines, and
 * stay unchanged.
 */
const TEXT_FIELDS: ReadonlySet<string> = new Set(["message", "hint", "cure", "reason", "detail", "warnings"]);

/**
 * Adds flags to the texts of a document, as a replacer for `JSON.stringify`. Readers of JSON need flags too, because they
 * call the tool and not the libraries.
 */
export function withFlagsInTexts(field: string, value: unknown): unknown {
	if (!TEXT_FIELDS.has(field)) return value;
	if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? addFlags(item) : item));
	return typeof value === "string" ? addFlags(value) : value;
}
