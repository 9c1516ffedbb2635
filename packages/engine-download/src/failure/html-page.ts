/** What to do where a web page came instead of a file. */
export const HTML_PAGE_HINT =
	"A captive portal, a login page or a proxy may have answered in the server's place: open the URL in a browser, sign in there, and try again.";

/** Whether a text begins like a web page. */
export function isHtmlPage(text: string): boolean {
	const start = text.slice(0, LONGEST_START);
	return /^\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start);
}

/** How far into a text its first element is looked for. */
const LONGEST_START = 1024;

/** Whether a `content-type` is that of a web page. */
export function isHtmlType(contentType: string | undefined): boolean {
	return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType ?? "");
}
