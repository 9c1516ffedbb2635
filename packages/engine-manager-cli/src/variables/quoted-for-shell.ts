/** A text as one word that any POSIX shell evaluates to that very text. */
export function quotedForShell(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
