import { EngineError, extendedError } from "@rivetkit/engine-core";

/** A place that the file could not be fetched from, and why. */
export interface FailedPlace {
	/** A URL without credentials, or a path. */
	readonly url: string;
	readonly reason: string;
	/** The status of the server's answer, if there was one; 404 for a file that is missing in a folder. */
	readonly status?: number | undefined;
	/** The number of requests for the file. */
	readonly attempts: number;
	/** The number of bytes of the file that were there when this place was given up. */
	readonly receivedBytes: number;
	/** Advice on what to do about the failure, if there is any. */
	readonly hint?: string | undefined;
	/** The error to throw for this place, if its failure has a code other than `download_failed`. */
	readonly error?: EngineError | undefined;
	readonly cause?: unknown;
}

/**
 * Makes the error for a file that no place has delivered: the `error` of the last place that has one, else
 * `download_failed` for the last place.
 */
export function downloadFailedError(places: readonly FailedPlace[]): EngineError {
	const withError = places.findLast(({ error }) => error !== undefined);
	if (withError?.error !== undefined) {
		const { attempts, receivedBytes } = withError;
		const metadata = { attempts, receivedBytes, places: places.map(withoutErrors) };
		return extendedError(withError.error, { metadata });
	}
	const last = places.at(-1);
	const others = places.length > 1 ? `, nor from ${places.length - 1} before it` : "";
	const hint = places.map((place) => place.hint).find((text) => text !== undefined);
	return new EngineError(
		"download_failed",
		`Engine binary download failed for '${last?.url}': ${last?.reason}${others}`,
		{
			metadata: {
				url: last?.url,
				reason: last?.reason,
				attempts: last?.attempts,
				receivedBytes: last?.receivedBytes,
				places: places.map(withoutErrors),
				hint:
					hint ??
					"Try again: the download continues where it stopped. Or name another server with `releasesEndpoint`, or install the npm package `@rivetkit/engine-cli`.",
			},
			cause: last?.cause,
		},
	);
}

function withoutErrors({ cause: _, error: __, ...place }: FailedPlace): Omit<FailedPlace, "cause" | "error"> {
	return place;
}

/** Makes the error for a release that no place has. */
export function versionNotFoundError(
	{ version, component }: { readonly version: string; readonly component: string },
	places: readonly FailedPlace[],
): EngineError<"version_not_found"> {
	const last = places.at(-1);
	// npm has only releases of the engine: no commits, and no other component.
	const isInNpm = component === "engine" && /^\d+\.\d+\.\d+/.test(version);
	const npm = isInNpm ? `, or run: npm install -D @rivetkit/engine-cli@${version}` : "";
	return new EngineError(
		"version_not_found",
		`There is no release '${version}' at '${last?.url}': ${last?.reason}`,
		{
			metadata: {
				version,
				url: last?.url,
				places: places.map(withoutErrors),
				hint: `Check the version and the release server. Versions before 2.3.11 have no SHA256SUMS, and previews no release: give the digest of the file (\`sha256\`)${npm}.`,
			},
		},
	);
}

/** Makes the error for a file that is larger than the limit or than the announced size. */
export function tooLargeError(url: string, maximumBytes: number): EngineError<"too_large"> {
	return new EngineError("too_large", `'${url}' has more than the allowed ${maximumBytes} bytes.`, {
		metadata: { url, maximumBytes, hint: "Check that the URL is that of a release server." },
	});
}
