/**
 * `text` with the credentials of every URL in it replaced by `***`: up to the last `@` before the path, so that an
 * unescaped `@` in a password is covered. Takes time in proportion to the text, whatever it says.
 */
export function redactSecrets(text: string): string {
	return rewriteUrls(text, /[\s/?#]/g, (authority) => {
		const at = authority.lastIndexOf("@");
		return at === -1 ? authority : `***${authority.slice(at)}`;
	});
}

/** {@link redactSecrets}, and what the query of every URL says. */
export function redactUrls(text: string): string {
	return rewriteUrls(redactSecrets(text), /[\s'"`]/g, (rest) => {
		const path = /^[^?#]*/.exec(rest)?.[0] ?? "";
		return rest.charAt(path.length) === "?" ? `${path}?***` : rest;
	});
}

/** The same of a text that shall be one URL, and may be none. */
export function redactUrl(text: string): string {
	if (!text.includes("://")) return text;
	const shown = URL.canParse(text) ? redactSecrets(text) : redactUnparsed(text);
	const end = shown.search(/[?#]/);
	return end === -1 ? shown : `${shown.slice(0, end)}?***`;
}

/**
 * A text that should be a URL and cannot be parsed, without credentials. It may lack its scheme, or have a password
 * with anything in it, so only the last `@` certainly ends them.
 */
export function redactUnparsed(text: string): string {
	const at = text.lastIndexOf("@");
	if (at === -1) return text;
	const [scheme = ""] = /^[a-z][a-z0-9+.-]*:[\\/]+/i.exec(text) ?? [];
	return `${scheme}***${text.slice(at)}`;
}

/** Rewrites what follows the `://` of each URL in a text, up to the character at which `end` matches. */
function rewriteUrls(text: string, end: RegExp, rewrite: (rest: string) => string): string {
	let rewritten = "";
	let done = 0;
	for (
		let colon = text.indexOf("://");
		colon !== -1;
		colon = text.indexOf("://", Math.max(done - 1, colon + 1))
	) {
		if (!hasScheme(text, colon)) continue;
		const start = colon + 3;
		end.lastIndex = start;
		const stop = end.exec(text)?.index ?? text.length;
		rewritten += text.slice(done, start) + rewrite(text.slice(start, stop));
		// The next URL's `:` may be the last character of this rest, as in `a://b://user@host`.
		done = stop;
	}
	return rewritten + text.slice(done);
}

/** Whether a scheme with a letter in it ends at `colon`. */
function hasScheme(text: string, colon: number): boolean {
	for (let index = colon - 1; index >= 0; index -= 1) {
		const character = text.charAt(index);
		if (/[a-z]/i.test(character)) return true;
		if (!/[0-9+.-]/.test(character)) return false;
	}
	return false;
}
