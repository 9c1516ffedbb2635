import { isEngineError } from "@rivetkit/engine-core";
import { downloadFailedError, type FailedPlace } from "../failure/download-error.ts";
import type { Sink } from "../partials/sink.ts";
import type { ReleasePlace } from "../places/release-place.ts";
import { fetchPlace, shownPlace } from "../transfer/fetch-place.ts";
import type { TransferOptions } from "../transfer/transfer-options.ts";
import { checksumMismatchError } from "./checksum-mismatch.ts";

/** A file to fetch, and the places that may have it. */
export interface WantedFile {
	readonly artifact: string;
	readonly sha256: string;
	/** True if the digest came from the caller, false if it came from a manifest. */
	readonly isPinned: boolean;
	readonly places: readonly ReleasePlace[];
}

/** A place is given up after this many downloads with a wrong digest. */
const MAX_WRONG_DOWNLOADS = 2;

/**
 * Fills the sink with the file that has the wanted digest, from the first place that has this file.
 *
 * @returns The URL or path of the file, without credentials; empty if the sink already had the whole file.
 * @throws EngineError `download_failed`, `checksum_mismatch`, `no_space`, `too_large`, `insecure_url`; the
 * signal's reason if aborted.
 */
export async function fetchFile(file: WantedFile, sink: Sink, options: TransferOptions): Promise<string> {
	// An adopted partial may be complete: its owner was killed before the installation, or could not install the file.
	if (sink.sizeBytes > 0 && sink.digest() === file.sha256) return "";
	const failed: FailedPlace[] = [];
	for (const place of file.places) {
		const outcome = await fetchVerified(place, file, sink, options);
		if (outcome === "verified") return shownPlace(place);
		failed.push(outcome);
	}
	// The place with a wrong file is put last, so that the error is about that place: it is more important than a place
	// that could not be reached.
	throw downloadFailedError(
		failed.toSorted((left, right) => Number(isMismatch(left)) - Number(isMismatch(right))),
	);
}

function isMismatch({ error }: FailedPlace): boolean {
	return isEngineError(error, "checksum_mismatch");
}

const MISMATCH =
	"The release server, or a proxy on the way, sends another file than the manifest announces. Nothing was installed; try another server with `releasesEndpoint`.";
const PINNED_MISMATCH =
	"Check that the given digest (`sha256`) belongs to this version, component and platform; if it does, the release server sends another file. Nothing was installed.";

async function fetchVerified(
	place: ReleasePlace,
	{ artifact, sha256, isPinned }: WantedFile,
	sink: Sink,
	options: TransferOptions,
): Promise<"verified" | FailedPlace> {
	const { logger, meter } = options.context;
	const url = shownPlace(place);
	// A wrong digest can have a harmless cause: a resumed part of another file, or damage on the way. So the file is
	// fetched a second time.
	for (let wrong = 1; ; wrong++) {
		meter.phase("downloading");
		const result = await fetchPlace(place, sink, options);
		if (result.kind === "failed") return result.failed;
		meter.phase("verifying");
		await sink.flush();
		const received = sink.digest();
		if (received === sha256) return "verified";
		logger.warn({ url, expected: sha256, received }, "the downloaded file has a wrong digest");
		const receivedBytes = sink.sizeBytes;
		await sink.restart();
		if (wrong < MAX_WRONG_DOWNLOADS) continue;
		const hint = isPinned ? PINNED_MISMATCH : MISMATCH;
		const error = checksumMismatchError({ artifact, expected: sha256, received, url, hint });
		return { url, reason: error.message, attempts: wrong, receivedBytes, error };
	}
}
