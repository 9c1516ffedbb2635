/** Returns a text as one word that any POSIX shell evaluates to that very text. */
export function quotedForShell(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns a text as {@link quotedForShell} does, but as it is if a shell takes every character of it literally. */
export function wordForShell(text: string): string {
	return /^[\w./:@-]+$/.test(text) ? text : quotedForShell(text);
}
