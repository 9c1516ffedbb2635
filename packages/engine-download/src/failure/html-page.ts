/** The advice for an answer that is a web page instead of a file. */
export const HTML_PAGE_HINT =
	"A captive portal, a login page or a proxy may have answered in the server's place: open the URL in a browser, sign in there, and try again.";

/** Returns whether a text begins like a web page. */
export function isHtmlPage(text: string): boolean {
	const start = text.slice(0, START_LENGTH);
	return /^\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start);
}

/** The number of characters at the start of a text that are searched for its first element. */
const START_LENGTH = 1024;

/** Returns whether a `content-type` means a web page. */
export function isHtmlType(contentType: string | undefined): boolean {
	return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType ?? "");
}
