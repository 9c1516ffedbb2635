/** `scheme://user:password@`, up to the last `@` before the path, so that an unescaped `@` in a password is covered. */
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi;

/** `text` with the credentials of every URL in it replaced by `***`. */
export function redactSecrets(text: string): string {
	return text.replace(URL_CREDENTIALS, "$1***@");
}
