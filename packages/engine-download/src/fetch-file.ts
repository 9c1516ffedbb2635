import type { EngineError } from "@rivetkit/engine-core";
import { checksumMismatch } from "./checksum-mismatch.ts";
import { downloadFailed, type FailedPlace } from "./download-error.ts";
import { fetchPlace, shownPlace, type TransferOptions } from "./fetch-place.ts";
import type { ReleasePlace } from "./release-place.ts";
import type { Sink } from "./sink.ts";

/** A file, and the places that may have it. */
export interface WantedFile {
	readonly artifact: string;
	readonly sha256: string;
	readonly places: readonly ReleasePlace[];
}

/** From how many downloads a place gives the wrong file before the next one is asked. */
const MOST_WRONG = 2;

/**
 * Fills the sink with the file of the wanted digest, from the first place that gives it.
 *
 * @returns Where it came from, without credentials.
 * @throws EngineError `download_failed`, `checksum_mismatch`, `no_space`, `too_large`, `insecure_url`; the
 * signal's reason if aborted.
 */
export async function fetchFile(file: WantedFile, sink: Sink, options: TransferOptions): Promise<string> {
	const [first] = file.places;
	// What was gone on with may lack nothing but its place: its owner was killed, or could not put it there.
	if (first !== undefined && sink.sizeBytes > 0 && sink.digest() === file.sha256) return shownPlace(first);
	const failed: FailedPlace[] = [];
	let mismatch: EngineError | undefined;
	for (const place of file.places) {
		const outcome = await verifiedFrom(place, file, sink, options);
		if (outcome === "verified") return shownPlace(place);
		if ("code" in outcome) mismatch = outcome;
		else failed.push(outcome);
	}
	// That a server gives something else is worth more than that another one was not there.
	throw mismatch ?? downloadFailed(failed);
}

const MISMATCH_HINT =
	"The release server, or something before it, gives another file than it announces. Nothing was installed; try another server with `releasesEndpoint` (`--releases-endpoint`).";

async function verifiedFrom(
	place: ReleasePlace,
	{ artifact, sha256 }: WantedFile,
	sink: Sink,
	options: TransferOptions,
): Promise<"verified" | FailedPlace | EngineError> {
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
		await sink.restart();
		if (wrong === MOST_WRONG)
			return checksumMismatch({ artifact, expected: sha256, received, url, hint: MISMATCH_HINT });
	}
}
