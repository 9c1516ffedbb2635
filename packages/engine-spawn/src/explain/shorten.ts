/** At most 200 characters of a text, for a message that shall stay one phrase. */
export function shorten(text: string): string {
	const line = text.trim();
	return line.length <= 200 ? line : `${line.slice(0, 200)}…`;
}
