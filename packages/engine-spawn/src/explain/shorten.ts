/** Cuts a text to 200 characters, so that a message stays one phrase. */
export function shorten(text: string): string {
	const line = text.trim();
	return line.length <= 200 ? line : `${line.slice(0, 200)}…`;
}
