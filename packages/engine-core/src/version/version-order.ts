import { compareVersions, validateStrict } from "compare-versions";

/*!
 * Contains a part of compare-versions 6.1.1.
 *
 * The MIT License (MIT)
 *
 * Copyright (c) 2015-2021 Ole Michelsen
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */

/**
 * Compares two versions such as `2.3.19` as semantic versions: a preview such as `2.3.19-rc.1` is older than its
 * release, and the part after a `+` is ignored.
 *
 * @returns False if one of the texts is not such a version, even if both texts are equal.
 * @see https://semver.org/#spec-item-11
 */
export function isVersionAtLeast(version: string, minimum: string): boolean {
	if (!validateStrict(version) || !validateStrict(minimum)) return false;
	return compareVersions(version, minimum) >= 0;
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
export function newestFirst(left: string, right: string): number {
	const [isVersion, isOtherVersion] = [validateStrict(left), validateStrict(right)];
	return isVersion && isOtherVersion
		? compareVersions(right, left)
		: Number(isOtherVersion) - Number(isVersion);
}
