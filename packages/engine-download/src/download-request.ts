import type { Environment, Logger } from "@rivetkit/engine-core";
import type { DownloadProgress } from "./progress/progress-meter.ts";

/** What to fetch, from where, and where to put it. */
export interface DownloadRequest {
	/** A release such as `2.3.19`, a commit's short sha, or `latest`, which is fetched anew each time. */
	readonly version: string;
	/** @defaultValue `engine` */
	readonly component?: string | undefined;
	/** In the terms of `process.platform`. @defaultValue this machine's */
	readonly platform?: string | undefined;
	/** In the terms of `process.arch`. @defaultValue this machine's */
	readonly arch?: string | undefined;
	/** The `.rivetkit` folder, whose cache is used. Either this or `destination` is needed. */
	readonly storageRoot?: string | undefined;
	/** A folder to put the file into, rather than the cache. */
	readonly destination?: string | undefined;
	/**
	 * Release servers, asked in this order: http and https URLs, `file:` URLs and folders in the same layout.
	 * @defaultValue `https://releases.rivet.dev`
	 */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** The digest that the file must have. With it no manifest is fetched. */
	readonly sha256?: string | undefined;
	/** Whether plain http may be used beyond this machine. What is installed is verified all the same, but by a manifest that came the same way. @defaultValue false */
	readonly unsafelyAllowHttp?: boolean | undefined;
	/**
	 * Where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` and `NODE_EXTRA_CA_CERTS` are read.
	 * @defaultValue none of them is set
	 */
	readonly environment?: Environment | undefined;
	/** At most ten times a second. */
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
	/** Ends the call. A download that others in this process wait for goes on. */
	readonly signal?: AbortSignal | undefined;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
}

/** A file that is in its place, verified. */
export interface DownloadResult {
	/** Absolute. */
	readonly path: string;
	/** Lower-case hex. */
	readonly sha256: string;
	readonly sizeBytes: number;
	/** `cache` if it was there already. */
	readonly source: "cache" | "download";
}

/** The codes that `downloadEngine` throws. */
export type EngineDownloadErrorCode =
	| "checksum_mismatch"
	| "download_failed"
	| "file_in_use"
	| "insecure_url"
	| "invalid_option"
	| "manifest_invalid"
	| "no_space"
	| "path_occupied"
	| "read_only"
	| "too_large"
	| "unsupported_platform"
	| "version_not_found";
