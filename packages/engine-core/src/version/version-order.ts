import compare from "semver/functions/compare.js";
import valid from "semver/functions/valid.js";

/*!
 * Contains a part of semver 7.8.6.
 *
 * The ISC License
 *
 * Copyright (c) Isaac Z. Schlueter and Contributors
 *
 * Permission to use, copy, modify, and/or distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR
 * IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/**
 * Compares two versions such as `2.3.19` as semantic versions: a preview such as `2.3.19-rc.1` is older than its
 * release, and what follows a `+` does not count.
 *
 * @returns False if either text is no such version. It is then neither older nor newer than any other, nor equal to
 * itself.
 * @see https://semver.org/#spec-item-11
 */
export function isVersionAtLeast(version: string, minimum: string): boolean {
	if (!isVersion(version) || !isVersion(minimum)) return false;
	return compare(version, minimum) >= 0;
}

/**
 * Returns the newer of two versions, where null is none. A database that a newer engine has used stays that engine's,
 * even if an older engine uses it afterwards. If the two cannot be compared, `last` is kept.
 */
export function newestVersion(version: string | null, last: string | null): string | null {
	if (version === null || last === null) return version ?? last;
	return isVersionAtLeast(version, last) ? version : last;
}

/**
 * Sorts versions, newest first. A text that is no version, such as a commit or `latest`, comes after all versions, and
 * is equal to its like.
 */
export function newestFirst(left: string, right: string): number {
	const [leftIsVersion, rightIsVersion] = [isVersion(left), isVersion(right)];
	return leftIsVersion && rightIsVersion
		? compare(right, left)
		: Number(rightIsVersion) - Number(leftIsVersion);
}

/** True for a semantic version as it is written. The library would also accept blanks and a `v` before the version. */
function isVersion(text: string): boolean {
	return /^\d\S*$/.test(text) && valid(text) !== null;
}
