import { EngineError, isRecord, redactUnparsed } from "@rivetkit/engine-core";

/** Makes the error for an unusable value of an option or an environment variable. */
export function invalidOptionError(
	name: string,
	value: unknown,
	expected: string,
	kind: "option" | "variable" = "option",
): EngineError<"invalid_option"> {
	const subject = kind === "option" ? "Option" : "Variable";
	// The value of such an option may be a mistyped secret, so no part of it is shown.
	const isShown = value !== undefined && !HOLDS_SECRETS.test(name) && !isRecord(value);
	const seen = isShown ? `, not ${describeValue(value)}` : "";
	return new EngineError("invalid_option", `${subject} '${name}' must be ${expected}${seen}.`, {
		metadata: { [kind]: name },
	});
}

const HOLDS_SECRETS = /token|password|postgres_url|nats|^storage$|^messaging$|^topology$/i;

function describeValue(value: unknown): string {
	// Even a text that is not a URL may contain a password.
	if (typeof value === "string") return `'${withoutCredentials(value)}'`;
	if (typeof value === "number" || value === null) return String(value);
	if (!Array.isArray(value)) return `of type ${typeof value}`;
	return value.length === 0 ? "an empty array" : value.map(describeValue).join(", ");
}

/** Removes credentials from any text. A user name without a password, for example in an email address, stays. */
function withoutCredentials(text: string): string {
	const colon = text.indexOf(":");
	return colon !== -1 && colon < text.lastIndexOf("@") ? redactUnparsed(text) : text;
}
