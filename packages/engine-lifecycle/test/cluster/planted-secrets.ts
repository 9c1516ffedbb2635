import { inspect } from "node:util";

/** Lists the forms in which a secret may be written: plain, in a URL, in JSON, in a header. */
export function formsOf(secret: string): readonly string[] {
	const forms = [secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)];
	return [...new Set([...forms, ...forms.map((form) => Buffer.from(form).toString("base64"))])];
}

/** Lists the names of the secrets that a text contains in any form. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
	return Object.entries(secrets)
		.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
		.map(([name]) => name);
}

/** Writes all of a value, with the parts of an error that `JSON.stringify` leaves out: message, stack and causes. */
export function allOf(value: unknown): string {
	const options = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null } as const;
	return `${JSON.stringify(value)}\n${inspect(value, { ...options, breakLength: Number.POSITIVE_INFINITY })}`;
}
