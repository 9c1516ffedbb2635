import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { finallyDo } from "./clean-up.mjs";
import { allAtOnce } from "./crowd.mjs";
import { builtEntry, runChild, runProgram, temporary, waitingChild } from "./process.mjs";
import { startStaticServer } from "./static-server.mjs";

/**
 * @typedef {import("./published-files.mjs").PublishedFile} PublishedFile
 * @typedef {import("./static-server.mjs").StaticServer} StaticServer
 */

/**
 * The times of one round, in milliseconds: each of a whole process that fetched the file once.
 *
 * @typedef {object} DownloadRound
 * @property {Download} ours
 * @property {number} curl - `curl`, then `sha256sum`.
 * @property {number} curlSynced - The same, with `sync` of the file in between.
 * @property {{ readonly tookMs: number, readonly peakBytes: number }} pipeline - `fetch`, a hash and a file in one pipeline.
 */

/**
 * @typedef {object} Download
 * @property {number} tookMs
 * @property {number} fsyncMs - The part of it in which the process waited for the disk.
 * @property {number} peakBytes - The most memory that it had.
 */

const entry = builtEntry("engine-download");

/**
 * Has each competitor fetch a file once, in turn.
 *
 * @param {StaticServer} server
 * @param {PublishedFile} file
 * @returns {Promise<DownloadRound>}
 */
export async function measureDownloadRound(server, file) {
	const ours = await download(server, file);
	const curl = await runCurl(server, file, "");
	const pipeline = await runPipeline(server, file);
	const curlSynced = await runCurl(server, file, 'sync "$1" && ');
	return { ours, curl, pipeline, curlSynced };
}

/**
 * Fetches a file through `downloadEngine`, in a process of its own.
 *
 * @param {StaticServer} server
 * @param {PublishedFile} file
 * @returns {Promise<Download>}
 */
export async function download(server, file) {
	return await inNewFolder(async (folder) => {
		const { tookMs, stdout } = await runChild("download", entry, request(server, file, folder));
		const { source, sha256, fsyncMs, peakBytes } = JSON.parse(stdout);
		requireRight(file, sha256);
		if (source !== "download") throw new Error("The file was not downloaded: it was there already.");
		return { tookMs, fsyncMs, peakBytes };
	});
}

/**
 * Has this many processes, each of which has loaded the downloader, ask for one file at one moment.
 *
 * @param {string} root
 * @param {PublishedFile} file
 * @param {number} count
 * @returns How often the server has sent the file, by its count of bytes.
 */
export async function filesSentTo(root, file, count) {
	const server = await startStaticServer(root);
	await inNewFolder(async (folder) => {
		const start = () => waitingChild("waiting-downloader", entry, request(server, file, folder));
		for (const { sha256 } of await allAtOnce(count, start)) requireRight(file, sha256);
	});
	return (await server.stop()) / file.sizeBytes;
}

/**
 * @param {StaticServer} server
 * @param {PublishedFile} file
 * @param {string} folder
 */
function request({ url }, { base, version }, folder) {
	return { version, storageRoot: folder, releasesEndpoint: `${url}/${base}` };
}

/**
 * @param {StaticServer} server
 * @param {PublishedFile} file
 * @param {string} between - What to do with the file before it is hashed.
 */
async function runCurl(server, file, between) {
	return await inNewFolder(async (folder) => {
		const script = `curl -sS -o "$1" "$2" && ${between}sha256sum "$1"`;
		const args = ["-c", script, "sh", path.join(folder, "file"), `${server.url}/${file.pathname}`];
		const { tookMs, stdout } = await runProgram("sh", args);
		requireRight(file, stdout.slice(0, file.sha256.length));
		return tookMs;
	});
}

/**
 * @param {StaticServer} server
 * @param {PublishedFile} file
 */
async function runPipeline(server, file) {
	return await inNewFolder(async (folder) => {
		const args = [`${server.url}/${file.pathname}`, path.join(folder, "file")];
		const { tookMs, stdout } = await runChild("fetch-pipeline", ...args);
		const { sha256, peakBytes } = JSON.parse(stdout);
		requireRight(file, sha256);
		return { tookMs, peakBytes };
	});
}

/**
 * @template Result
 * @param {(folder: string) => Promise<Result>} task
 */
async function inNewFolder(task) {
	const folder = await mkdtemp(path.join(temporary, "downloaded-"));
	const remove = finallyDo(() => rm(folder, { recursive: true, force: true }));
	const result = await task(folder);
	await remove();
	return result;
}

/**
 * @param {PublishedFile} file
 * @param {string} sha256
 */
function requireRight(file, sha256) {
	if (sha256 !== file.sha256) throw new Error(`What came of ${file.pathname} has the digest ${sha256}.`);
}
