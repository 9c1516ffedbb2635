import { mkdir, mkdtemp, open, rm, statfs, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { finallyDo } from "./clean-up.mjs";
import { builtEntry, temporary } from "./process.mjs";

/** @type {typeof import("../../engine-download/src/places/artifact.ts")} */
const { engineArtifactName } = await import(builtEntry("engine-download", "artifact"));
/** @type {typeof import("../../engine-download/src/verification/verify.ts")} */
const { sha256File } = await import(builtEntry("engine-download", "verify"));

/**
 * A file that a release server has.
 *
 * @typedef {object} PublishedFile
 * @property {string} base - The path of its release server on the static one.
 * @property {string} pathname - Its own path there.
 * @property {string} version
 * @property {string} sha256
 * @property {number} sizeBytes
 */

/** The free space, beyond the file itself, that a download, its partial and the file system may need. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** Makes an empty folder for a static server. It is removed at the end. */
export async function newDocumentRoot() {
	const root = await mkdtemp(path.join(temporary, "served-"));
	finallyDo(() => rm(root, { recursive: true, force: true }));
	return root;
}

/**
 * Publishes a file as a release of its own: `<base>/rivet/<version>/engine/`, with its SHA256SUMS.
 *
 * @param {string} root
 * @param {string} base
 * @param {string} version
 * @param {(file: string) => Promise<void>} make
 * @returns {Promise<PublishedFile>}
 */
export async function publish(root, base, version, make) {
	const folder = `${base}/rivet/${version}/engine`;
	const artifact = engineArtifactName(process.platform, process.arch);
	await mkdir(path.join(root, folder), { recursive: true });
	const file = path.join(root, folder, artifact);
	await make(file);
	const content = await sha256File(file);
	await writeFile(path.join(root, folder, "SHA256SUMS"), `${content.sha256}  ${artifact}\n`);
	return { base, pathname: `${folder}/${artifact}`, version, ...content };
}

/**
 * Makes a link to a file, in place of a copy.
 *
 * @param {string} source
 */
export function linkTo(source) {
	return (/** @type {string} */ file) => symlink(source, file);
}

/**
 * Makes a file of zeros, which takes no space on the disk.
 *
 * @param {number} sizeBytes
 */
export function zeros(sizeBytes) {
	return async (/** @type {string} */ file) => {
		await (await open(file, "wx")).close();
		await truncate(file, sizeBytes);
	};
}

/**
 * Reads how much is free on the disk of temporary files, and tells whether a download of this size fits.
 *
 * @param {number} sizeBytes
 */
export async function hasSpaceFor(sizeBytes) {
	const { bavail, bsize } = await statfs(temporary);
	const freeBytes = bavail * bsize;
	return { isEnough: freeBytes >= sizeBytes + RESERVE_BYTES, freeBytes };
}
