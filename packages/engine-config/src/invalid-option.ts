import { EngineError, redactUnparsed } from "@rivetkit/engine-core";
import { isRecord } from "./checks.ts";

/** Makes the error for a value that cannot be used, given as an option or by a variable. */
export function invalidOptionError(
	name: string,
	value: unknown,
	expected: string,
	kind: "option" | "variable" = "option",
): EngineError<"invalid_option"> {
	const subject = kind === "option" ? "Option" : "Variable";
	// An invalid value may be a mistyped secret, so no part of it may be shown.
	const isShown = value !== undefined && !HOLDS_SECRETS.test(name) && !isRecord(value);
	const seen = isShown ? `, not ${describeValue(value)}` : "";
	return new EngineError("invalid_option", `${subject} '${name}' must be ${expected}${seen}.`, {
		metadata: { [kind]: name },
	});
}

const HOLDS_SECRETS = /token|password|postgres_url|nats|^storage$|^messaging$|^topology$/i;

function describeValue(value: unknown): string {
	// A text that is no URL may contain a password all the same.
	if (typeof value === "string") return `'${withoutCredentials(value)}'`;
	if (typeof value === "number" || value === null) return String(value);
	if (!Array.isArray(value)) return `of type ${typeof value}`;
	return value.length === 0 ? "an empty array" : value.map(describeValue).join(", ");
}

/** Removes credentials from any text. A user name without a password, as in an address of mail, stays. */
function withoutCredentials(text: string): string {
	const colon = text.indexOf(":");
	return colon !== -1 && colon < text.lastIndexOf("@") ? redactUnparsed(text) : text;
}
