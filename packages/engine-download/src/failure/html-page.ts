/** The advice for a web page that came instead of a file. */
export const HTML_PAGE_HINT =
	"A captive portal, a login page or a proxy may have answered in the server's place: open the URL in a browser, sign in there, and try again.";

/** Tells whether a text begins like a web page. */
export function isHtmlPage(text: string): boolean {
	const start = text.slice(0, START_LENGTH);
	return /^\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start);
}

/** Length of the part of a text, in characters, in which its first element is looked for. */
const START_LENGTH = 1024;

/** Tells whether a `content-type` is that of a web page. */
export function isHtmlType(contentType: string | undefined): boolean {
	return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType ?? "");
}
