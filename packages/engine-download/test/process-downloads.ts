import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { engineCachePath } from "@rivetkit/engine-core";
import { checkReceipt } from "@rivetkit/engine-core/receipt";
import {
	type Fault,
	type FaultRule,
	type ReleaseServer,
	releaseFiles,
	serveRelease,
	temporaryStorageRoot,
} from "@rivetkit/engine-testkit";
import { vi } from "vitest";
import type { DownloadProgress, DownloadRequest, DownloadResult } from "../src/index.ts";
import { engineArtifactName } from "../src/places/artifact.ts";

/** `RIVET_DOWNLOADS=full` runs all rounds; `npm test` runs a few of each. */
export const isFull: boolean = process.env["RIVET_DOWNLOADS"] === "full";

/**
 * The address of the downloader as built, for processes that the tests start. `RIVET_TEST_DOWNLOADER` names another
 * build, such as one with a mistake made on purpose, to see the tests fail.
 */
export const builtDownloader: string =
	process.env["RIVET_TEST_DOWNLOADER"] ?? new URL("../dist/index.js", import.meta.url).href;

/** The file of this machine. */
export const artifact: string = engineArtifactName(process.platform, process.arch);
export const version = "2.3.19";

/** A request that can be handed to another process. */
export type PlainRequest = Omit<DownloadRequest, "onProgress" | "signal" | "logger">;

/** What a process says while it downloads. */
export type DownloaderLine =
	| ({ readonly kind: "progress" } & DownloadProgress)
	| { readonly kind: "logged"; readonly message: string };

/** What became of a download in another process. */
export type DownloadOutcome =
	| ({ readonly kind: "done"; readonly maxRssBytes: number } & DownloadResult)
	| {
			readonly kind: "failed";
			readonly code: string | undefined;
			readonly message: string;
			readonly metadata: Readonly<Record<string, unknown>>;
	  }
	/** It was killed, or ended without a word. */
	| { readonly kind: "gone" };

/** A process that downloads. Disposing kills it. */
export interface Downloader extends AsyncDisposable {
	readonly pid: number;
	readonly outcome: Promise<DownloadOutcome>;
	/** All that it has said until now. */
	readonly lines: readonly DownloaderLine[];
	/** Resolves with the first line, said already or yet to come, of which this is true; rejects if it ends without one. */
	until(isWanted: (line: DownloaderLine) => boolean): Promise<DownloaderLine>;
	kill(signal: NodeJS.Signals): void;
}

/** Everything is written at once, so that nothing which was said is lost with the process. */
const PROLOGUE = `
	import { writeSync } from "node:fs";
	const [downloader, request] = JSON.parse(process.argv[1]);
	const { downloadEngine } = await import(downloader);
	const say = (line) => writeSync(1, JSON.stringify(line) + "\\n");
	const log = (_, message) => say({ kind: "logged", message });
	const logger = { debug: log, info: log, warn: log, error: log };
	const onProgress = (progress) => say({ kind: "progress", ...progress });
	const download = async () => await downloadEngine({ ...request, logger, onProgress }).then(
		(result) => ({ kind: "done", ...result, maxRssBytes: process.resourceUsage().maxRSS * 1024 }),
		({ code, message, metadata }) => ({ kind: "failed", code, message, metadata: metadata ?? {} }),
	);
`;

/** How to run a downloader. */
export interface DownloaderOptions {
	/** All of its variables. @defaultValue none */
	readonly environment?: Readonly<Record<string, string>>;
	/** What it does, in place of one download; ends by saying something. */
	readonly script?: string;
	/** A command line of which the downloader becomes the last part. @defaultValue none */
	readonly within?: readonly string[];
}

/** Runs a download in a process of its own. Without NODE_EXTRA_CA_CERTS, which takes Node 66 ms to read. */
export function runDownloader(request: PlainRequest, options: DownloaderOptions = {}): Downloader {
	const { environment = {}, script = "say(await download()); process.exit();", within = [] } = options;
	const settings = JSON.stringify([builtDownloader, request]);
	const node = [process.execPath, "--input-type=module", "-e", PROLOGUE + script, "--", settings];
	const [command = "", ...args] = [...within, ...node];
	const child = spawn(command, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
	return followed(child);
}

function followed(child: ChildProcess): Downloader {
	const lines: DownloaderLine[] = [];
	let outcome: DownloadOutcome = { kind: "gone" };
	let rest = "";
	let stderr = "";
	let hasEnded = false;
	child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
		stderr += chunk;
	});
	child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
		const [last = "", ...whole] = (rest + chunk).split("\n").reverse();
		rest = last;
		for (const line of whole.reverse().map((text) => JSON.parse(text))) {
			if (line.kind === "progress" || line.kind === "logged") lines.push(line);
			else outcome = line;
		}
		child.emit("lines");
	});
	const ended = once(child, "close").then((): DownloadOutcome => {
		hasEnded = true;
		if (outcome.kind !== "gone" || stderr === "") return outcome;
		return { kind: "failed", code: undefined, message: stderr, metadata: {} };
	});
	return {
		pid: child.pid ?? 0,
		outcome: ended,
		lines,
		until: async (isWanted) => {
			for (;;) {
				const found = lines.find(isWanted);
				if (found !== undefined) return found;
				if (hasEnded) throw new Error(`The process has ended without it: ${JSON.stringify(await ended)}`);
				await Promise.race([once(child, "lines"), ended]);
			}
		},
		kill: (signal) => void child.kill(signal),
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await ended;
		},
	};
}

/** Whether a line says that it waits for another process. */
export function isWaiting(
	line: DownloaderLine,
): line is Extract<DownloaderLine, { readonly kind: "progress" }> {
	return line.kind === "progress" && line.phase === "waiting";
}

/** Whether a line says that at least so many bytes of the file itself have come. */
export function hasReceived(bytes: number): (line: DownloaderLine) => boolean {
	return (line) => line.kind === "progress" && line.phase === "downloading" && line.receivedBytes >= bytes;
}

/** A phase that a process says it is in. */
export function isIn(phase: DownloadProgress["phase"]): (line: DownloaderLine) => boolean {
	return (line) => line.kind === "progress" && line.phase === phase;
}

/** A release server, and a storage root for what it serves. */
export interface Depot extends AsyncDisposable {
	/** What is published now. */
	readonly content: Buffer;
	readonly sha256: string;
	/** Publishes something else in its place. */
	publish(content: Buffer): void;
	readonly server: ReleaseServer;
	/** For requests of the file itself, in this order; one each. More may be added. */
	readonly faults: FaultRule[];
	/** A folder that does not exist yet, with a blank in its path. */
	readonly storageRoot: string;
	readonly request: PlainRequest;
	readonly target: string;
	readonly partialFolder: string;
	/** What is in the folder of partials, sorted, but for locks. */
	partials(): Promise<readonly string[]>;
	/** What is at the target; `verified` is the digest that its receipt vouches for. */
	installed(): Promise<{
		readonly isRight: boolean;
		readonly mode: number;
		readonly verified: string | undefined;
	}>;
	/** The requests of the file itself, as the ranges that they asked for; undefined for all of it. */
	ranges(): readonly (string | undefined)[];
}

/** Serves a file of random bytes, and has a place for it. The caller disposes of it. */
export async function depot(
	sizeBytes: number,
	faults: readonly (Fault | readonly Fault[])[] = [],
	wanted: string = version,
): Promise<Depot> {
	const root = await temporaryStorageRoot();
	let content: Buffer = randomBytes(sizeBytes);
	const filesOf = () => releaseFiles({ version: wanted, artifact, content });
	const files = filesOf();
	const rules: FaultRule[] = faults.map((fault) => faultOnce(fault));
	const server = await serveRelease({ files, faults: rules });
	const { storageRoot } = root;
	const target = engineCachePath(storageRoot, wanted, artifact);
	const partialFolder = path.join(storageRoot, "engine", ".partial");
	return {
		get content() {
			return content;
		},
		get sha256() {
			return createHash("sha256").update(content).digest("hex");
		},
		publish: (other) => {
			content = other;
			Object.assign(files, filesOf());
		},
		server,
		faults: rules,
		storageRoot,
		request: { version: wanted, storageRoot, releasesEndpoint: server.url },
		target,
		partialFolder,
		partials: async () => (await namesIn(partialFolder)).filter((name) => !name.endsWith(".lock")),
		installed: async () => {
			const check = await checkReceipt(target);
			return {
				isRight: (await readFile(target)).equals(content),
				mode: (await stat(target)).mode & 0o777,
				verified: check.kind === "verified" ? check.receipt.sha256 : undefined,
			};
		},
		ranges: () =>
			server.requests.filter(({ url }) => url.endsWith(artifact)).map(({ headers }) => headers.range),
		async [Symbol.asyncDispose]() {
			await server[Symbol.asyncDispose]();
			await root[Symbol.asyncDispose]();
		},
	};
}

/** A fault of the next answer with the file. */
export function faultOnce(fault: Fault | readonly Fault[]): FaultRule {
	return { path: artifact, times: 1, fault };
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return (await readdir(folder).catch(() => [])).sort();
}

/** A promise that is kept from outside. */
export interface Gate {
	readonly opened: Promise<void>;
	open(): void;
}

/** Something to be held at until it is opened. */
export function gate(): Gate {
	let open = (): void => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

/** Somebody who opens a file again and again. */
export interface Reader extends AsyncDisposable {
	/** What was read that is not the right content: the length of each. Empty if all is well. */
	readonly wrong: readonly number[];
	/** How often it was read and right. */
	readonly right: number;
}

/**
 * Reads a file whenever it is there, almost without a rest, until disposed of. Each of the contents is right. A file
 * that was right and has not been touched for a while is not read again: that would take a processor for itself.
 */
export function readAgainAndAgain(file: string, ...contents: readonly Buffer[]): Reader {
	const wrong: number[] = [];
	let right = 0;
	let isOver = false;
	let known: string | undefined;
	const reading = (async () => {
		while (!isOver) {
			const state = await stateOf(file);
			if (state === undefined || state !== known) {
				const read = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
				if (read instanceof Error) {
					if (read.code !== "ENOENT") throw read;
				} else if (contents.some((content) => read.equals(content))) {
					right++;
					known = state;
				} else wrong.push(read.length);
			}
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
	})();
	return {
		wrong,
		get right() {
			return right;
		},
		async [Symbol.asyncDispose]() {
			isOver = true;
			await reading;
		},
	};
}

/**
 * What changes with every write and every replacement of a file. Undefined if it is not there, or was touched so recently
 * that another write could leave the same times: the kernel's clock for them stands still for some milliseconds.
 */
async function stateOf(file: string): Promise<string | undefined> {
	const state = await stat(file, { bigint: true }).catch(() => undefined);
	if (state === undefined || BigInt(Date.now()) - state.ctimeMs < 50n) return undefined;
	return [state.ino, state.size, state.mtimeNs, state.ctimeNs].join();
}

/** Waits until a process is stopped. */
export async function untilStopped(pid: number): Promise<void> {
	const isStopped = async () => /^\d+ \(.*\) T /s.test(await readFile(`/proc/${pid}/stat`, "utf8"));
	await vi.waitUntil(isStopped, { timeout: 30_000 });
}
