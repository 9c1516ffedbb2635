import { EngineError, redactUnparsed } from "@rivetkit/engine-core";
import { isRecord } from "./checks.ts";

/** The error for a value that cannot be used, given as an option or by a variable. */
export function invalidOptionError(
	name: string,
	value: unknown,
	expected: string,
	kind: "option" | "variable" = "option",
): EngineError<"invalid_option"> {
	const subject = kind === "option" ? "Option" : "Variable";
	// Never a secret, not even a part of one: what cannot be used may be one with a slip in it.
	const isTold = value !== undefined && !HOLDS_SECRETS.test(name) && !isRecord(value);
	const given = isTold ? `, not ${describeValue(value)}` : "";
	return new EngineError("invalid_option", `${subject} '${name}' must be ${expected}${given}.`, {
		metadata: { [kind]: name },
	});
}

const HOLDS_SECRETS = /token|password|postgres_url|nats|^storage$|^messaging$|^topology$/i;

function describeValue(value: unknown): string {
	// It may have a password in it, also where it lacks what makes it a URL.
	if (typeof value === "string") return `'${withoutCredentials(value)}'`;
	if (typeof value === "number" || value === null) return String(value);
	if (!Array.isArray(value)) return `of type ${typeof value}`;
	return value.length === 0 ? "an empty array" : value.map(describeValue).join(", ");
}

/** What cannot be used may be anything; a user name without a password, as in an address of mail, is shown. */
function withoutCredentials(text: string): string {
	const colon = text.indexOf(":");
	return colon !== -1 && colon < text.lastIndexOf("@") ? redactUnparsed(text) : text;
}
