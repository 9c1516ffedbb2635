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

/** What {@link serveEngine} serves unless told otherwise: more than 1 MiB, as that is where counts begin anew. */
export const CONTENT: Buffer = randomBytes(1_600_000);

export function sha256Of(content: Buffer): string {
	return createHash("sha256").update(content).digest("hex");
}

/** A server with one release of {@link ARTIFACT}. */
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

/** What a server was asked for: names of files, with the range if there was one. */
export function askedOf({ requests }: { readonly requests: readonly RecordedRequest[] }): string[] {
	return requests.map(({ url, headers }) =>
		[path.posix.basename(url), headers.range].filter((part) => part !== undefined).join(" "),
	);
}

/** The URL of a server with credentials in it. */
export function withCredentials({ url }: TestServer, credentials = "ann:s3cret"): string {
	return url.replace("://", `://${credentials}@`);
}

/** Downloads into a storage root of their own, which disposing removes. No backoff is waited for. */
export interface Downloads extends AsyncDisposable {
	readonly storageRoot: string;
	/** Where the file belongs. */
	readonly target: string;
	readonly partialFolder: string;
	/** In milliseconds, how long each wait before another attempt would have been. The chance in them is a half. */
	readonly waits: readonly number[];
	/** The file at the target. */
	readonly installed: () => Promise<Buffer>;
	/** All files of the cache, by their paths in it. */
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
