import { isEngineError } from "@rivetkit/engine-core";
import { downloadFailedError, type FailedPlace } from "../failure/download-error.ts";
import type { Sink } from "../partials/sink.ts";
import type { ReleasePlace } from "../places/release-place.ts";
import { fetchPlace, shownPlace } from "../transfer/fetch-place.ts";
import type { TransferOptions } from "../transfer/transfer-options.ts";
import { checksumMismatchError } from "./checksum-mismatch.ts";

/** A file, and the places that may have it. */
export interface WantedFile {
	readonly artifact: string;
	readonly sha256: string;
	/** Whether a caller has given the digest, rather than a manifest. */
	readonly isPinned: boolean;
	readonly places: readonly ReleasePlace[];
}

/** From how many downloads a place gives the wrong file before the next one is asked. */
const MOST_WRONG = 2;

/**
 * Fills the sink with the file of the wanted digest, from the first place that gives it.
 *
 * @returns Where it came from, without credentials; empty if it was there, and nobody knows that.
 * @throws EngineError `download_failed`, `checksum_mismatch`, `no_space`, `too_large`, `insecure_url`; the
 * signal's reason if aborted.
 */
export async function fetchFile(file: WantedFile, sink: Sink, options: TransferOptions): Promise<string> {
	// What was gone on with may lack nothing but its place: its owner was killed, or could not put it there.
	if (sink.sizeBytes > 0 && sink.digest() === file.sha256) return "";
	const failed: FailedPlace[] = [];
	for (const place of file.places) {
		const outcome = await verifiedFrom(place, file, sink, options);
		if (outcome === "verified") return shownPlace(place);
		failed.push(outcome);
	}
	// That a server gives something else is worth more than that another one was not there.
	throw downloadFailedError(
		failed.toSorted((one, other) => Number(isMismatch(one)) - Number(isMismatch(other))),
	);
}

function isMismatch({ error }: FailedPlace): boolean {
	return isEngineError(error, "checksum_mismatch");
}

const MISMATCH =
	"The release server, or something before it, gives another file than it announces. Nothing was installed; try another server with `releasesEndpoint`.";
const PINNED_MISMATCH =
	"Check that the digest that was given (`sha256`) is that of this version, component and platform; if it is, the release server gives another file. Nothing was installed.";

async function verifiedFrom(
	place: ReleasePlace,
	{ artifact, sha256, isPinned }: WantedFile,
	sink: Sink,
	options: TransferOptions,
): Promise<"verified" | FailedPlace> {
	const { logger, meter } = options.context;
	const url = shownPlace(place);
	// What was resumed may have begun as another file, and what is wrong may have been damaged on its way.
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
		if (wrong < MOST_WRONG) continue;
		const hint = isPinned ? PINNED_MISMATCH : MISMATCH;
		const error = checksumMismatchError({ artifact, expected: sha256, received, url, hint });
		return { url, reason: error.message, attempts: wrong, receivedBytes, error };
	}
}
