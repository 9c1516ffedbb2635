/** What of an inherited environment an engine must not get: it has it from a file that only its user can read. */
export interface WithheldVariables {
	/** Variables that are known to carry a secret, whatever they say now. */
	readonly names: readonly string[];
	/** Secrets; a variable that says one of them, or contains a long one, was where it came from. */
	readonly values: readonly string[];
}

/** Shorter ones may be part of anything by chance. */
const TELLING_LENGTH = 8;

/** Whether a variable is one of those. Names count in any case, as the engine reads them. */
export function isWithheld(name: string, value: string, { names, values }: WithheldVariables): boolean {
	const upper = name.toUpperCase();
	if (names.some((withheld) => withheld.toUpperCase() === upper)) return true;
	const forms = [value, percentDecoded(value)];
	return values.some(
		(secret) =>
			secret !== "" &&
			forms.some((form) => form === secret || (secret.length >= TELLING_LENGTH && form.includes(secret))),
	);
}

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
