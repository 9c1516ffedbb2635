/** Says which key of an object is not known; undefined if all are. */
export function withoutOthers(
	value: Readonly<Record<string, unknown>>,
	known: readonly string[],
	name: string,
): string | undefined {
	const other = Object.keys(value).find((key) => !known.includes(key));
	return other === undefined ? undefined : `one without \`${name}.${other}\`, which is unknown`;
}
