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
const SECRET_NAME =
	/(?:^|_)(?:pass|passwd|passphrase|pwd|tokens?|secrets?|key|apikey|creds?|credentials?|auth|url|uri|dsn|connection)(?:_|$)|password/i;

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

/** Whether a variable has a secret where one would stand, or has one that is nothing else by chance. */
function carries(name: string, value: string, secret: string): boolean {
	if (!value.includes(secret)) return false;
	if (secret.length >= TELLING_LENGTH || value.includes(`:${secret}@`)) return true;
	const quoted = secret.replace(/[^\w]/g, "\\$&");
	const before = SECRET_NAME.test(name) ? BEFORE_ANY : BEFORE_SECRET;
	return new RegExp(`${before}["']?${quoted}(?=$|[\\s"',;&@})\\]])`, "i").test(value);
}

/** In a variable that is for secrets, whatever stands for itself. */
const BEFORE_ANY = "(?:^|[\\s:=,({[])";

/** In any other, what is said to be one, as in a URL's parameters, JSON, YAML and a header. */
const BEFORE_SECRET = "(?:password|passwd|pwd|token|secret|bearer)[\"']?\\s*[:=\\s]\\s*";

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
