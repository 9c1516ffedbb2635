import { isVersionAtLeast } from "@rivetkit/engine-core";

/**
 * Sorts versions, newest first: by their three numbers, a preview after its release. What has no three numbers (a
 * commit, `latest`) comes after all that have, and is equal to its like.
 */
export function compareVersions(left: string, right: string): number {
	const [a, b] = [parse(left), parse(right)];
	if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
	const byNumbers =
		Number(isVersionAtLeast(b.numbers, a.numbers)) - Number(isVersionAtLeast(a.numbers, b.numbers));
	if (byNumbers !== 0) return byNumbers;
	if (a.preview === undefined || b.preview === undefined) {
		return Number(b.preview === undefined) - Number(a.preview === undefined);
	}
	return b.preview.localeCompare(a.preview, "en", { numeric: true });
}

/** Undefined for what has no three numbers. */
function parse(
	version: string,
): { readonly numbers: string; readonly preview: string | undefined } | undefined {
	const [, numbers, preview] = /^(\d+\.\d+\.\d+)(?:-([^+]+))?(?:\+.*)?$/.exec(version) ?? [];
	return numbers === undefined ? undefined : { numbers, preview };
}
