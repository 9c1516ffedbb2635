import path from "node:path";
import { engineCachePath } from "@rivetkit/engine-core";
import { type DownloadRequest, requireRequest } from "./download-request.ts";
import { invalidOptionError } from "./options/invalid-option.ts";
import { artifactName } from "./places/artifact.ts";
import { type ReleasePlace, releasePlace } from "./places/release-place.ts";
import { pinnedDigest } from "./verification/pinned-digest.ts";

/** Where a download comes from and goes to. Made without looking at anything. */
export interface DownloadPlan {
	readonly artifact: string;
	readonly version: string;
	readonly component: string;
	/** The final path. */
	readonly target: string;
	/** Where partials are, on the same disk as the target. */
	readonly partialFolder: string;
	/** Of the target: nobody may write its receipt while another one replaces it. */
	readonly lockFolder: string;
	/** Whether the target is in the cache, where the folder of partials stays. */
	readonly isCache: boolean;
	/** The file itself, at each release server in turn. */
	readonly places: readonly ReleasePlace[];
	/** The manifests, likewise. */
	readonly manifests: readonly ReleasePlace[];
	/** The digest that the caller pins; undefined if the manifest says it. */
	readonly sha256: string | undefined;
	/** What the servers have under the name `latest` changes. */
	readonly isMoving: boolean;
	/**
	 * What stands at the target may be of another version, as under `latest`, and in a folder that is not the
	 * cache's: only its digest tells.
	 */
	readonly isAmbiguous: boolean;
}

/** Where Rivet publishes its releases. @see https://releases.rivet.dev */
const RELEASES_ENDPOINT = "https://releases.rivet.dev";

/**
 * What a request means.
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
		...paths(request, artifact),
		places: endpoints.map(placeOf(artifact)),
		manifests: endpoints.map(placeOf("SHA256SUMS")),
		sha256: request.sha256 === undefined ? undefined : pinnedDigest(request.sha256, "sha256"),
		isMoving: version === "latest",
		isAmbiguous: version === "latest" || request.destination !== undefined,
	};
}

function paths(
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

/** The folder for downloads that are under way, on the same disk as what becomes of them. */
export const PARTIAL_FOLDER = ".partial";

/** How the folders of locks end. */
const LOCK = ".lock";

/** What the lock of a file of the cache is called, in the folder of partials. */
export function cacheLockName(version: string, artifact: string): string {
	return `${version}.${artifact}${LOCK}`;
}
