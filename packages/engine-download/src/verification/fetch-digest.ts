import { type EngineError, extendedError, isEngineError } from "@rivetkit/engine-core";
import { downloadFailedError, type FailedPlace, versionNotFoundError } from "../failure/download-error.ts";
import type { ReleasePlace } from "../places/release-place.ts";
import { fetchPlace, shownPlace } from "../transfer/fetch-place.ts";
import { memoryReceiver } from "../transfer/receiver.ts";
import type { TransferOptions } from "../transfer/transfer-options.ts";
import { checksumForArtifact } from "./sha256sums.ts";

/** A file of a release, and the places that may have the manifest of the release. */
export interface ManifestedFile {
	readonly artifact: string;
	readonly version: string;
	readonly component: string;
	readonly manifests: readonly ReleasePlace[];
}

/** The maximum size of a manifest, which names only a few files: 256 KiB. */
const MAXIMUM_BYTES = 256 * 1024;

/**
 * Fetches the digest of a file from the manifest of its release, at the first place that has a valid manifest.
 *
 * @throws EngineError `version_not_found`, `download_failed`, `manifest_invalid`, `too_large`; the signal's
 * reason if aborted.
 */
export async function fetchDigest(
	file: ManifestedFile,
	{ client, context }: Pick<TransferOptions, "client" | "context">,
): Promise<string> {
	const { manifests, artifact } = file;
	const failed: FailedPlace[] = [];
	context.meter.phase("manifest");
	for (const place of manifests) {
		const receiver = memoryReceiver();
		const options = { client, context, maximumBytes: MAXIMUM_BYTES, expects: "text" } as const;
		const result = await fetchPlace(place, receiver, options);
		if (result.kind === "failed") {
			failed.push(result.failed);
			continue;
		}
		try {
			return checksumForArtifact(receiver.text(), artifact);
		} catch (error) {
			if (!isEngineError(error, "manifest_invalid")) throw error;
			failed.push(invalidManifestAt(shownPlace(place), receiver.sizeBytes, error));
		}
	}
	if (failed.every(({ status }) => status === 404)) throw versionNotFoundError(file, failed);
	throw downloadFailedError(failed);
}

/** Adds the URL of the manifest to an error about its text. */
function invalidManifestAt(url: string, receivedBytes: number, cause: EngineError): FailedPlace {
	const { message } = cause;
	const error = extendedError(cause, { message: `${message} (${url})`, metadata: { url } });
	return { url, reason: message, attempts: 1, receivedBytes, error };
}
