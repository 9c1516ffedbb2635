import { isVersionAtLeast } from "@rivetkit/engine-core";

/**
 * Compares versions for a sort, newest first: by their three numbers, a preview after its release. Names without three
 * numbers (a commit, `latest`) come after all others, and are equal to each other.
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

/** Splits a version into its numbers and its preview; undefined for a name without three numbers. */
function parse(
	version: string,
): { readonly numbers: string; readonly preview: string | undefined } | undefined {
	const [, numbers, preview] = /^(\d+\.\d+\.\d+)(?:-([^+]+))?(?:\+.*)?$/.exec(version) ?? [];
	return numbers === undefined ? undefined : { numbers, preview };
}
