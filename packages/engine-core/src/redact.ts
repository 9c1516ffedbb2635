/**
 * Replaces the credentials in every URL of a text with `***`. Credentials end at the last `@` before the path, since a
 * password may contain an unescaped `@`. The time is proportional to the length of the text.
 */
export function redactSecrets(text: string): string {
	return rewriteUrls(text, /[\s/?#]/g, (authority) => {
		const at = authority.lastIndexOf("@");
		return at === -1 ? authority : `***${authority.slice(at)}`;
	});
}

/** Does the same as {@link redactSecrets}, and replaces the query of every URL with `***`. */
export function redactUrls(text: string): string {
	return rewriteUrls(redactSecrets(text), /[\s'"`]/g, (rest) => {
		const path = /^[^?#]*/.exec(rest)?.[0] ?? "";
		return rest.charAt(path.length) === "?" ? `${path}?***` : rest;
	});
}

/** Does the same as {@link redactUrls} for a text that should be a single URL, even if it cannot be parsed. */
export function redactUrl(text: string): string {
	if (!text.includes("://")) return text;
	const shown = URL.canParse(text) ? redactSecrets(text) : redactUnparsed(text);
	const end = shown.search(/[?#]/);
	return end === -1 ? shown : `${shown.slice(0, end)}?***`;
}

/**
 * Removes the credentials from a text that should be a URL and cannot be parsed. The scheme may be missing and a password
 * may hold any character, so everything before the last `@` is removed.
 */
export function redactUnparsed(text: string): string {
	const at = text.lastIndexOf("@");
	if (at === -1) return text;
	const [scheme = ""] = /^[a-z][a-z0-9+.-]*:[\\/]+/i.exec(text) ?? [];
	return `${scheme}***${text.slice(at)}`;
}

/** Rewrites a part of each URL in a text: from after its `://` to the first match of `end`. */
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
		// The `:` of the next URL may be the last character of this part, as in `a://b://user@host`.
		done = stop;
	}
	return rewritten + text.slice(done);
}

/** True if a scheme with a letter in it ends at `colon`. */
function hasScheme(text: string, colon: number): boolean {
	for (let index = colon - 1; index >= 0; index -= 1) {
		const character = text.charAt(index);
		if (/[a-z]/i.test(character)) return true;
		if (!/[0-9+.-]/.test(character)) return false;
	}
	return false;
}
