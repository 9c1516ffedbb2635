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
 * release, and what follows a `+` does not count.
 *
 * @returns False if either text is no such version. It is then neither older nor newer than any other, nor equal to
 * itself.
 * @see https://semver.org/#spec-item-11
 */
export function isVersionAtLeast(version: string, minimum: string): boolean {
	if (!validateStrict(version) || !validateStrict(minimum)) return false;
	return compareVersions(version, minimum) >= 0;
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
export function compareNewestFirst(left: string, right: string): number {
	const [isVersion, isOtherVersion] = [validateStrict(left), validateStrict(right)];
	return isVersion && isOtherVersion
		? compareVersions(right, left)
		: Number(isOtherVersion) - Number(isVersion);
}
