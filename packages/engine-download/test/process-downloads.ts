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

/** True with `RIVET_DOWNLOADS=full`, which runs all rounds; `npm test` runs a few of each. */
export const isFull: boolean = process.env["RIVET_DOWNLOADS"] === "full";

/**
 * The URL of the built downloader, for processes that the tests start. `RIVET_TEST_DOWNLOADER` names another build, such
 * as one with a deliberate mistake, with which the tests must fail.
 */
export const builtDownloader: string =
	process.env["RIVET_TEST_DOWNLOADER"] ?? new URL("../dist/index.js", import.meta.url).href;

/** The name of the release file for this machine. */
export const artifact: string = engineArtifactName(process.platform, process.arch);
export const version = "2.3.19";

/** A request that can be handed to another process. */
export type PlainRequest = Omit<DownloadRequest, "onProgress" | "signal" | "logger">;

/** A message of a process while it downloads. */
export type DownloaderLine =
	| ({ readonly kind: "progress" } & DownloadProgress)
	| { readonly kind: "logged"; readonly message: string };

/** The result of a download in another process. */
export type DownloadOutcome =
	| ({ readonly kind: "done"; readonly maxRssBytes: number } & DownloadResult)
	| {
			readonly kind: "failed";
			readonly code: string | undefined;
			readonly message: string;
			readonly metadata: Readonly<Record<string, unknown>>;
	  }
	/** The process was killed, or ended without a message. */
	| { readonly kind: "gone" };

/** A process that downloads. Disposing kills it. */
export interface Downloader extends AsyncDisposable {
	readonly pid: number;
	readonly outcome: Promise<DownloadOutcome>;
	/** All messages so far. */
	readonly lines: readonly DownloaderLine[];
	/** Resolves with the first wanted message, past or future; rejects if the process ends without one. */
	until(isWanted: (line: DownloaderLine) => boolean): Promise<DownloaderLine>;
	kill(signal: NodeJS.Signals): void;
}

/** The start of a downloader's script. It writes each message synchronously, so that none is lost when it is killed. */
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
	/** All environment variables of the process. @defaultValue none */
	readonly environment?: Readonly<Record<string, string>>;
	/** A script to run instead of one download. It must `say` its outcome at the end. */
	readonly script?: string;
	/** The beginning of a command line that ends with the downloader. @defaultValue none */
	readonly within?: readonly string[];
}

/** Runs a download in a process of its own, without NODE_EXTRA_CA_CERTS, whose file takes Node 66 ms to read. */
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

/** Returns whether a message is that the process waits for another one. */
export function isWaiting(
	line: DownloaderLine,
): line is Extract<DownloaderLine, { readonly kind: "progress" }> {
	return line.kind === "progress" && line.phase === "waiting";
}

/** Makes a condition for {@link Downloader.until}: the download is in a phase. */
export function isIn(phase: DownloadProgress["phase"]): (line: DownloaderLine) => boolean {
	return (line) => line.kind === "progress" && line.phase === phase;
}

/** A release server, and a storage root for what it serves. */
export interface Depot extends AsyncDisposable {
	/** The file that is published now. */
	readonly content: Buffer;
	readonly sha256: string;
	/** Publishes another file in its place. */
	publish(content: Buffer): void;
	readonly server: ReleaseServer;
	/** Faults for the requests of the file itself, one for each request, in this order. More may be added. */
	readonly faults: FaultRule[];
	/** A folder that does not exist yet. Its path contains a blank. */
	readonly storageRoot: string;
	readonly request: PlainRequest;
	readonly target: string;
	readonly partialFolder: string;
	/** Lists the folder of partials, sorted, without locks. */
	partials(): Promise<readonly string[]>;
	/** Examines the file at the target. `verified` is the digest in its receipt, if the file matches the receipt. */
	installed(): Promise<{
		readonly isRight: boolean;
		readonly mode: number;
		readonly verified: string | undefined;
	}>;
	/** Lists the ranges of the requests for the file itself; undefined for a request of all of it. */
	ranges(): readonly (string | undefined)[];
}

/** Serves a file of random bytes, with a storage root to download it to. The caller disposes of it. */
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

/** Makes a fault for the next answer with the file. */
export function faultOnce(fault: Fault | readonly Fault[]): FaultRule {
	return { path: artifact, times: 1, fault };
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return (await readdir(folder).catch(() => [])).sort();
}

/** A promise with a function that resolves it. */
export interface Gate {
	readonly opened: Promise<void>;
	open(): void;
}

/** Makes a gate that is closed. */
export function gate(): Gate {
	let open = (): void => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

/** A loop that reads a file again and again. */
export interface Reader extends AsyncDisposable {
	/** The sizes of all contents that were read and wrong. Empty if all is well. */
	readonly wrong: readonly number[];
	/** The number of reads with a right content. */
	readonly right: number;
}

/**
 * Reads a file whenever it is there, every millisecond, until disposed of. A missing file and each of the contents are
 * right. A file that was right and has not changed for a while is not read again: that would keep a processor busy.
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
 * Returns what changes with every write and every replacement of a file. Undefined if the file is missing, or was changed so
 * recently that another write could leave the same times: the kernel's clock for them stands still for some milliseconds.
 */
async function stateOf(file: string): Promise<string | undefined> {
	const state = await stat(file, { bigint: true }).catch(() => undefined);
	if (state === undefined || BigInt(Date.now()) - state.ctimeMs < 50n) return undefined;
	return [state.ino, state.size, state.mtimeNs, state.ctimeNs].join();
}

/** Waits until a process has stopped, after SIGSTOP. */
export async function untilStopped(pid: number): Promise<void> {
	const isStopped = async () => /^\d+ \(.*\) T /s.test(await readFile(`/proc/${pid}/stat`, "utf8"));
	await vi.waitUntil(isStopped, { timeout: 30_000 });
}
