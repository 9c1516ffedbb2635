/** What of an inherited environment an engine must not get: it has it from a file that only its user can read. */
export interface WithheldVariables {
	/** Variables that are known to carry a secret, whatever they say now. */
	readonly names: readonly string[];
	/** Secrets; a variable that carries one was where it came from. */
	readonly values: readonly string[];
}

/** A shorter one may be a word that stands in anything by chance, such as a password that is the name of a program. */
const TELLING_LENGTH = 16;

/** By these names programs are told secrets. */
const SECRET_NAME = /pass|pwd|token|secret|key|cred|auth|url|uri|dsn|conn/i;

/** Without these a program does not work, so whoever puts a secret there has it told. */
const NEVER = /^(?:path|home|user|logname|shell|lang|lc_.*|pwd|tmpdir|term|tz|xdg_.*)$/i;

/** Whether a variable is one of those. Names count in any case, as the engine reads them. */
export function isWithheld(name: string, value: string, { names, values }: WithheldVariables): boolean {
	const upper = name.toUpperCase();
	if (names.some((withheld) => withheld.toUpperCase() === upper)) return true;
	if (NEVER.test(name)) return false;
	const forms = [value, percentDecoded(value)];
	return values.some((secret) => secret !== "" && forms.some((form) => carries(name, form, secret)));
}

/** Whether a variable is a secret, or has it where a secret would stand, or has one that is nothing else by chance. */
function carries(name: string, value: string, secret: string): boolean {
	if (value === secret) return secret.length >= TELLING_LENGTH || SECRET_NAME.test(name);
	if (!value.includes(secret)) return false;
	return secret.length >= TELLING_LENGTH || SECRET_PLACES.some((place) => value.includes(place(secret)));
}

/** In the credentials of a URL, and as a setting. */
const SECRET_PLACES: readonly ((secret: string) => string)[] = [
	(secret) => `:${secret}@`,
	(secret) => `password=${secret}`,
	(secret) => `token=${secret}`,
];

/** A URL has its secrets in other words. */
function percentDecoded(value: string): string {
	return value.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
		try {
			return decodeURIComponent(encoded);
		} catch {
			return encoded;
		}
	});
}
