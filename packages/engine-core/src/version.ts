/**
 * Whether a version such as `2.3.19` is at least another, by its three numbers; a suffix does not count.
 * False for what has no numbers.
 */
export function isVersionAtLeast(version: string, minimum: string): boolean {
	const [left, right] = [version, minimum].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
	const difference = (left ?? [])
		.map((part, index) => part - (right?.[index] ?? 0))
		.find((part) => part !== 0);
	return (difference ?? 0) >= 0;
}

/** The newer of two versions. A database that a newer engine has used stays one, whatever uses it after. */
export function newestVersion(version: string | null, last: string | null): string | null {
	if (version === null || last === null) return version ?? last;
	return isVersionAtLeast(version, last) ? version : last;
}
