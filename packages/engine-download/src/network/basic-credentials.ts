/** Encodes the user and password in a URL for HTTP's `Basic` scheme; undefined if the URL has neither. */
export function basicCredentials({ username, password }: URL): string | undefined {
	if (username === "" && password === "") return undefined;
	const credentials = `${decode(username)}:${decode(password)}`;
	return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** Decodes percent-encoding. A text with a `%` that encodes nothing is returned unchanged. */
function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
