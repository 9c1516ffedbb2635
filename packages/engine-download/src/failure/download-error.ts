import { EngineError, extendedError } from "@rivetkit/engine-core";

/** A place that did not give the file, and why. */
export interface FailedPlace {
	/** A URL without credentials, or a path. */
	readonly url: string;
	readonly reason: string;
	/** The status of the server's answer, if there was one; 404 for a file that is missing in a folder. */
	readonly status?: number | undefined;
	/** The number of times that the file was asked for. */
	readonly attempts: number;
	/** The size of what had come of the file when this place was given up. */
	readonly receivedBytes: number;
	/** Advice on what to do about the failure, where there is any. */
	readonly hint?: string | undefined;
	/** The error to throw for this place, where its failure has a code of its own. */
	readonly error?: EngineError | undefined;
	readonly cause?: unknown;
}

/**
 * Makes the error for a file that none of its places has given. It is the error of the last place that has an error of
 * its own, else `download_failed` of the last place.
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
					"Try again, which goes on where this stopped; name another server with `releasesEndpoint`, or install the npm package `@rivetkit/engine-cli`.",
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
	// The npm package has the engine's releases only: no commits, and no other component.
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

/** Makes the error for a file that is larger than the limit, or than the size that was announced. */
export function tooLargeError(url: string, maximumBytes: number): EngineError<"too_large"> {
	return new EngineError("too_large", `'${url}' has more than the ${maximumBytes} bytes that it may have.`, {
		metadata: { url, maximumBytes, hint: "Check that the URL is that of a release server." },
	});
}
