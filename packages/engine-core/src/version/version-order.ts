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
 * release, and the part after a `+` is ignored.
 *
 * @returns False if one of the texts is not such a version, even if both texts are equal.
 * @see https://semver.org/#spec-item-11
 */
export function isVersionAtLeast(version: string, minimum: string): boolean {
	if (!isVersion(version) || !isVersion(minimum)) return false;
	return compare(version, minimum) >= 0;
}

/**
 * Returns the newer of two versions; null means no version. It finds the newest version that has used a database, even if
 * an older engine used the database later. If the versions cannot be compared, `last` is returned.
 */
export function newestVersion(version: string | null, last: string | null): string | null {
	if (version === null || last === null) return version ?? last;
	return isVersionAtLeast(version, last) ? version : last;
}

/**
 * Sorts versions, newest first. Texts that are not versions, such as a commit or `latest`, come after all versions, and
 * are equal to each other.
 */
export function compareNewestFirst(left: string, right: string): number {
	const [leftIsVersion, rightIsVersion] = [isVersion(left), isVersion(right)];
	return leftIsVersion && rightIsVersion
		? compare(right, left)
		: Number(rightIsVersion) - Number(leftIsVersion);
}

/** True for a semantic version as it is written. The library would also accept blanks and a `v` before the version. */
function isVersion(text: string): boolean {
	return /^\d\S*$/.test(text) && valid(text) !== null;
}
