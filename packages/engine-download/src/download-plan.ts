import path from "node:path";
import { engineCachePath } from "@rivetkit/engine-core";
import { type DownloadRequest, requireRequest } from "./download-request.ts";
import { invalidOptionError } from "./options/invalid-option.ts";
import { artifactName } from "./places/artifact.ts";
import { type ReleasePlace, releasePlace } from "./places/release-place.ts";
import { parseDigest } from "./verification/parse-digest.ts";

/** The places that a download comes from, and the paths that it writes. */
export interface DownloadPlan {
	readonly artifact: string;
	readonly version: string;
	readonly component: string;
	/** The final path of the file. */
	readonly target: string;
	/** The folder of partials, on the same disk as the target. */
	readonly partialFolder: string;
	/** The lock of the target: while one process replaces the file, no other process may write the file's receipt. */
	readonly lockFolder: string;
	/** True if the target is in the cache, where the folder of partials stays after a download. */
	readonly isCache: boolean;
	/** The places of the file, one for each release server, in the order in which they are asked. */
	readonly places: readonly ReleasePlace[];
	/** The places of the manifest, in the same order. */
	readonly manifests: readonly ReleasePlace[];
	/** The digest from the caller; undefined if the digest comes from the manifest. */
	readonly sha256: string | undefined;
	/** True if the servers may replace the file of this version, which is so for `latest`. */
	readonly isMoving: boolean;
	/**
	 * True if the file at the target may be of another version: for `latest`, and in a folder outside the cache. Then only
	 * the digest shows whether it is the wanted file.
	 */
	readonly isAmbiguous: boolean;
}

/** The server on which Rivet publishes its releases. @see https://releases.rivet.dev */
const RELEASES_ENDPOINT = "https://releases.rivet.dev";

/**
 * Checks a request, and works out its places and paths. Reads no disk and contacts no server.
 *
 * @throws EngineError `invalid_option`, `unsupported_platform`, `insecure_url`.
 */
export function planDownload(request: DownloadRequest): DownloadPlan {
	requireRequest(request);
	const { version, component = "engine", releasesEndpoint = RELEASES_ENDPOINT, unsafelyAllowHttp } = request;
	const { platform = process.platform, arch = process.arch } = request;
	const artifact = artifactName({ component, platform, arch });
	const endpoints = [releasesEndpoint].flat();
	if (endpoints.length === 0) {
		const hint = "Name at least one release server.";
		throw invalidOptionError("releasesEndpoint", "is an empty list", { hint });
	}
	const placeOf = (name: string) => (endpoint: string) =>
		releasePlace(endpoint, { version, component, name }, { unsafelyAllowHttp });
	return {
		artifact,
		version,
		component,
		...pathsOf(request, artifact),
		places: endpoints.map(placeOf(artifact)),
		manifests: endpoints.map(placeOf("SHA256SUMS")),
		sha256: request.sha256 === undefined ? undefined : parseDigest(request.sha256, "sha256"),
		isMoving: version === "latest",
		isAmbiguous: version === "latest" || request.destination !== undefined,
	};
}

function pathsOf(
	{ destination, storageRoot, version }: DownloadRequest,
	artifact: string,
): Pick<DownloadPlan, "target" | "partialFolder" | "lockFolder" | "isCache"> {
	if (destination !== undefined) {
		const folder = path.resolve(destination);
		const partialFolder = path.join(folder, PARTIAL_FOLDER);
		return {
			target: path.join(folder, artifact),
			partialFolder,
			lockFolder: path.join(partialFolder, artifact + LOCK),
			isCache: false,
		};
	}
	if (storageRoot === undefined) {
		const hint = "Give `storageRoot`, for the cache, or `destination`, any folder.";
		throw invalidOptionError("storageRoot", "is missing", { hint });
	}
	const target = engineCachePath(path.resolve(storageRoot), version, artifact);
	const partialFolder = path.join(path.dirname(path.dirname(target)), PARTIAL_FOLDER);
	const lockFolder = path.join(partialFolder, cacheLockName(version, artifact));
	return { target, partialFolder, lockFolder, isCache: true };
}

/** The name of the folder for partial downloads, which is on the same disk as the finished files. */
export const PARTIAL_FOLDER = ".partial";

/** The end of the names of lock folders. */
const LOCK = ".lock";

/** Returns the name of a cached file's lock in the folder of partials. */
export function cacheLockName(version: string, artifact: string): string {
	return `${version}.${artifact}${LOCK}`;
}
