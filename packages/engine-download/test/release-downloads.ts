import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
	type RecordedRequest,
	type ReleaseFilesOptions,
	type ReleaseOptions,
	type ReleaseServer,
	releaseFiles,
	serveRelease,
	type TestServer,
	temporaryStorageRoot,
} from "@rivetkit/engine-testkit";
import { downloadEngineWith } from "../src/download-engine.ts";
import type { DownloadRequest, DownloadResult } from "../src/download-request.ts";
import { systemTransfer, type TransferLimits } from "../src/transfer-context.ts";

export const VERSION = "2.3.19";
export const ARTIFACT = "rivet-engine-x86_64-unknown-linux-musl";

/** The file that {@link serveEngine} serves by default. It exceeds 1 MiB, after which failed attempts are counted anew. */
export const CONTENT: Buffer = randomBytes(1_600_000);

export function sha256Of(content: Buffer): string {
	return createHash("sha256").update(content).digest("hex");
}

/** Starts a server with one release of {@link ARTIFACT}. */
export async function serveEngine(
	options: Omit<ReleaseOptions, "files"> & Partial<ReleaseFilesOptions> = {},
): Promise<ReleaseServer> {
	const { version = VERSION, artifact = ARTIFACT, content = CONTENT, component, manifest } = options;
	const files = releaseFiles({
		version,
		artifact,
		content,
		...(component === undefined ? {} : { component }),
		...(manifest === undefined ? {} : { manifest }),
	});
	return await serveRelease({ ...options, files });
}

/** Lists the requests of a server: the name of the file, and the range if there was one. */
export function askedOf({ requests }: { readonly requests: readonly RecordedRequest[] }): string[] {
	return requests.map(({ url, headers }) =>
		[path.posix.basename(url), headers.range].filter((part) => part !== undefined).join(" "),
	);
}

/** Puts credentials into the URL of a server. */
export function withCredentials({ url }: TestServer, credentials = "ann:s3cret"): string {
	return url.replace("://", `://${credentials}@`);
}

/** Downloads into a temporary storage root, which disposing removes. The waits between attempts are recorded only. */
export interface Downloads extends AsyncDisposable {
	readonly storageRoot: string;
	/** The final path of the file. */
	readonly target: string;
	readonly partialFolder: string;
	/** The waits between attempts, in milliseconds. Chance is fixed at a half. */
	readonly waits: readonly number[];
	/** Reads the file at the target. */
	readonly installed: () => Promise<Buffer>;
	/** Lists all files of the cache except those of locks, by their paths in it. */
	readonly files: () => Promise<string[]>;
	readonly download: (
		request: Partial<DownloadRequest> & Pick<DownloadRequest, "releasesEndpoint">,
		limits?: Partial<TransferLimits>,
	) => Promise<DownloadResult>;
}

export async function downloads(version: string = VERSION): Promise<Downloads> {
	const root = await temporaryStorageRoot();
	const cache = path.join(root.storageRoot, "engine");
	const target = path.join(cache, version, ARTIFACT);
	const waits: number[] = [];
	return {
		storageRoot: root.storageRoot,
		target,
		partialFolder: path.join(cache, ".partial"),
		waits,
		installed: () => readFile(target),
		files: async () => {
			const entries = await readdir(cache, { recursive: true, withFileTypes: true }).catch(() => []);
			return entries
				.filter((entry) => entry.isFile())
				.map((entry) => path.relative(cache, path.join(entry.parentPath, entry.name)))
				.filter((name) => !name.includes(".lock"))
				.sort();
		},
		download: async (request, limits) =>
			await downloadEngineWith(
				{ version, platform: "linux", arch: "x64", storageRoot: root.storageRoot, ...request },
				{
					...systemTransfer,
					limits: { ...systemTransfer.limits, ...limits },
					random: () => 0.5,
					pause: async (ms, signal) => {
						signal.throwIfAborted();
						waits.push(ms);
					},
				},
			),
		[Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
	};
}
