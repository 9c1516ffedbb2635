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

/** The downloads with a wrong digest after which a place is given up. */
const MAX_WRONG_DOWNLOADS = 2;

/**
 * Fills the sink with the file of the wanted digest, from the first place that has it.
 *
 * @returns The URL or path that the file came from, without credentials; empty if the sink had all of the file already.
 * @throws EngineError `download_failed`, `checksum_mismatch`, `no_space`, `too_large`, `insecure_url`; the
 * signal's reason if aborted.
 */
export async function fetchFile(file: WantedFile, sink: Sink, options: TransferOptions): Promise<string> {
	// An adopted partial may be complete: its owner was killed before it was installed, or could not install it.
	if (sink.sizeBytes > 0 && sink.digest() === file.sha256) return "";
	const failed: FailedPlace[] = [];
	for (const place of file.places) {
		const outcome = await fetchVerified(place, file, sink, options);
		if (outcome === "verified") return shownPlace(place);
		failed.push(outcome);
	}
	// A wrong file goes last, so that the error is about it: it matters more than a place that could not be reached.
	throw downloadFailedError(
		failed.toSorted((left, right) => Number(isMismatch(left)) - Number(isMismatch(right))),
	);
}

function isMismatch({ error }: FailedPlace): boolean {
	return isEngineError(error, "checksum_mismatch");
}

const MISMATCH =
	"The release server, or something before it, gives another file than it announces. Nothing was installed; try another server with `releasesEndpoint`.";
const PINNED_MISMATCH =
	"Check that the digest that was given (`sha256`) is that of this version, component and platform; if it is, the release server gives another file. Nothing was installed.";

async function fetchVerified(
	place: ReleasePlace,
	{ artifact, sha256, isPinned }: WantedFile,
	sink: Sink,
	options: TransferOptions,
): Promise<"verified" | FailedPlace> {
	const { logger, meter } = options.context;
	const url = shownPlace(place);
	// A wrong digest has two harmless causes, a resumed part of another file and damage on the way, so the file is
	// fetched once more.
	for (let wrong = 1; ; wrong++) {
		meter.phase("downloading");
		const result = await fetchPlace(place, sink, options);
		if (result.kind === "failed") return result.failed;
		meter.phase("verifying");
		await sink.flush();
		const received = sink.digest();
		if (received === sha256) return "verified";
		logger.warn({ url, expected: sha256, received }, "the file that was downloaded has another digest");
		const receivedBytes = sink.sizeBytes;
		await sink.restart();
		if (wrong < MAX_WRONG_DOWNLOADS) continue;
		const hint = isPinned ? PINNED_MISMATCH : MISMATCH;
		const error = checksumMismatchError({ artifact, expected: sha256, received, url, hint });
		return { url, reason: error.message, attempts: wrong, receivedBytes, error };
	}
}
