import { inspect } from "node:util";

/** A secret as it may be written: plain, in a URL, in JSON, in a header. */
export function formsOf(secret: string): readonly string[] {
	const forms = [secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)];
	return [...new Set([...forms, ...forms.map((form) => Buffer.from(form).toString("base64"))])];
}

/** Which of some secrets, each with a name, stand in a text in any form. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
	return Object.entries(secrets)
		.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
		.map(([name]) => name);
}

/** All that a value says, also what an error has that `JSON.stringify` leaves out: its message, stack and causes. */
export function allOf(value: unknown): string {
	const options = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null } as const;
	return `${JSON.stringify(value)}\n${inspect(value, { ...options, breakLength: Number.POSITIVE_INFINITY })}`;
}
