import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";

/** A file's content: in memory, or on disk. A file on disk is read again for each request. */
export type ReleaseFile = Buffer | { readonly path: string };

/** An artifact of a release, and its manifest. */
export interface ReleaseFilesOptions {
	readonly version: string;
	/** @defaultValue `engine` */
	readonly component?: string;
	/** The file's name, such as `rivet-engine-x86_64-unknown-linux-musl`. */
	readonly artifact: string;
	readonly content: ReleaseFile;
	/** The content of `SHA256SUMS`. @defaultValue the artifact's digest, as `sha256sum` writes it */
	readonly manifest?: string | Buffer;
}

/** Makes the two entries of an artifact for `serveRelease`, laid out as on releases.rivet.dev. */
export function releaseFiles(options: ReleaseFilesOptions): Record<string, ReleaseFile> {
	const { version, component = "engine", artifact, content } = options;
	const folder = `rivet/${version}/${component}`;
	const manifest = options.manifest ?? `${digest(content)}  ${artifact}\n`;
	return {
		[`${folder}/SHA256SUMS`]: Buffer.from(manifest),
		[`${folder}/${artifact}`]: content,
	};
}

/** A file with its HTTP headers. */
export interface DescribedFile {
	readonly source: ReleaseFile;
	readonly sizeBytes: number;
	/** The time of the last change, in milliseconds since 1970. */
	readonly modifiedAt: number;
	/** A strong validator. */
	readonly etag: string;
}

/** Describes a file. The times of a file in memory are set at the first call for it. */
export async function describeFile(source: ReleaseFile): Promise<DescribedFile> {
	if (!Buffer.isBuffer(source)) {
		const { size, mtimeMs } = await stat(source.path);
		const etag = `"${Math.trunc(mtimeMs).toString(16)}-${size.toString(16)}"`;
		return { source, sizeBytes: size, modifiedAt: mtimeMs, etag };
	}
	let described = inMemory.get(source);
	if (described === undefined) {
		// Each content has a second of its own: the replacement of a file has another time, too.
		firstModifiedAt += 1000;
		const etag = `"${digest(source).slice(0, 16)}"`;
		described = { source, sizeBytes: source.length, modifiedAt: firstModifiedAt, etag };
		inMemory.set(source, described);
	}
	return described;
}

const inMemory = new WeakMap<Buffer, DescribedFile>();
let firstModifiedAt = Date.UTC(2025, 0, 1);

function digest(content: ReleaseFile): string {
	const hash = createHash("sha256");
	if (Buffer.isBuffer(content)) return hash.update(content).digest("hex");
	const descriptor = openSync(content.path, "r");
	try {
		const chunk = Buffer.alloc(1024 * 1024);
		for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk))
			hash.update(chunk.subarray(0, length));
	} finally {
		closeSync(descriptor);
	}
	return hash.digest("hex");
}
