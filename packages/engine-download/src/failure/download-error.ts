import { EngineError, extendedError } from "@rivetkit/engine-core";

/** What became of one place that a file was to be fetched from. */
export interface FailedPlace {
	/** A URL without credentials, or a path. */
	readonly url: string;
	readonly reason: string;
	/** What a server answered, if it did; 404 for a file that is missing in a folder. */
	readonly status?: number | undefined;
	/** How often it was asked. */
	readonly attempts: number;
	/** How much of the file was there at the end. */
	readonly receivedBytes: number;
	/** What to do about it, where that is known. */
	readonly hint?: string | undefined;
	/** What the place is guilty of, where there is an error of its own for that. */
	readonly error?: EngineError | undefined;
	readonly cause?: unknown;
}

/** The error for a file that none of its places has given: the last one's own, if any has one. */
export function downloadFailedError(places: readonly FailedPlace[]): EngineError {
	const own = places.findLast(({ error }) => error !== undefined);
	if (own?.error !== undefined) {
		const { attempts, receivedBytes } = own;
		const metadata = { attempts, receivedBytes, places: places.map(withoutErrors) };
		return extendedError(own.error, { metadata });
	}
	const last = places.at(-1);
	const others = places.length > 1 ? `, nor from ${places.length - 1} before it` : "";
	const hint = places.map((place) => place.hint).find((one) => one !== undefined);
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

/** The error for a release that no place has. */
export function versionNotFoundError(
	{ version, component }: { readonly version: string; readonly component: string },
	places: readonly FailedPlace[],
): EngineError<"version_not_found"> {
	const last = places.at(-1);
	// The npm package has releases, of the engine.
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

/** The error for a file that is larger than it may be, or than it was said to be. */
export function tooLargeError(url: string, maximumBytes: number): EngineError<"too_large"> {
	return new EngineError("too_large", `'${url}' has more than the ${maximumBytes} bytes that it may have.`, {
		metadata: { url, maximumBytes, hint: "Check that the URL is that of a release server." },
	});
}
