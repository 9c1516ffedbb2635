import type { Environment, Logger } from "@rivetkit/engine-core";
import { NETWORK_VARIABLES } from "./network/network-variables.ts";
import {
	abortSignal,
	callback,
	environmentWith,
	filePath,
	flag,
	logger,
	optional,
	releaseServers,
	string,
} from "./options/option-checks.ts";
import { type OptionChecks, requireOptions } from "./options/require-options.ts";
import type { DownloadProgress } from "./progress/progress-meter.ts";

/** The file to fetch, its servers, and its destination. */
export interface DownloadRequest {
	/** A release such as `2.3.19`, a commit's short sha, or `latest`. For `latest`, every call fetches the manifest. */
	readonly version: string;
	/** @defaultValue `engine` */
	readonly component?: string | undefined;
	/** A value of `process.platform`. @defaultValue this machine's platform */
	readonly platform?: string | undefined;
	/** A value of `process.arch`. @defaultValue this machine's architecture */
	readonly arch?: string | undefined;
	/** The `.rivetkit` folder with the cache. Required without `destination`. */
	readonly storageRoot?: string | undefined;
	/** A folder to put the file into instead of the cache. */
	readonly destination?: string | undefined;
	/**
	 * Release servers, asked in this order: http and https URLs, `file:` URLs and folders in the same layout.
	 * @defaultValue `https://releases.rivet.dev`
	 */
	readonly releasesEndpoint?: string | readonly string[] | undefined;
	/** The digest that the file must have. If it is given, no manifest is fetched. */
	readonly sha256?: string | undefined;
	/**
	 * True to allow plain http to other machines. The file is still verified, but the manifest may also come over plain
	 * http.
	 * @defaultValue false
	 */
	readonly unsafelyAllowHttp?: boolean | undefined;
	/**
	 * The environment variables, of which `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, `NODE_EXTRA_CA_CERTS` and
	 * `REQUEST_METHOD` are read.
	 * @defaultValue an empty environment
	 */
	readonly environment?: Environment | undefined;
	/** Called at most ten times a second. Its errors are ignored. */
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
	/** Ends the call. The download itself goes on if other calls in this process wait for it. */
	readonly signal?: AbortSignal | undefined;
	/** @defaultValue a silent logger */
	readonly logger?: Logger | undefined;
}

/** A verified file at its final path. */
export interface DownloadResult {
	/** The absolute path of the file. */
	readonly path: string;
	/** The digest in lower-case hex. */
	readonly sha256: string;
	readonly sizeBytes: number;
	/** `cache` if the file was already there. */
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

/**
 * Checks that a request has the options that it needs, that each has its type, and that there are no others.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireRequest(request: unknown): void {
	requireOptions<DownloadRequest>(request, CHECKS);
}

const CHECKS: OptionChecks<DownloadRequest> = {
	version: string,
	component: optional(string),
	platform: optional(string),
	arch: optional(string),
	storageRoot: optional(filePath),
	destination: optional(filePath),
	releasesEndpoint: optional(releaseServers),
	sha256: optional(string),
	unsafelyAllowHttp: optional(flag),
	environment: optional(environmentWith(NETWORK_VARIABLES)),
	onProgress: optional(callback),
	signal: optional(abortSignal),
	logger: optional(logger),
};
