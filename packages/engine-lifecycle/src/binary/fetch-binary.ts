import type { FetchBinary } from "@rivetkit/engine-resolver";
import type { EngineContext } from "../context.ts";

/** The downloader, as the resolver wants it: into the cache of the storage root. */
export function binaryFetcher({ configuration, logger, emit }: EngineContext): FetchBinary {
	return async ({ version, signal }) => {
		const { downloadEngine } = await import("@rivetkit/engine-download");
		return await downloadEngine({
			version,
			storageRoot: configuration.storageRoot.value,
			releasesEndpoint: configuration.releasesEndpoints.value,
			unsafelyAllowHttp: configuration.unsafelyAllowHttp.value,
			environment: configuration.environment,
			onProgress: (progress) => emit({ kind: "downloading", version, progress }),
			logger,
			signal,
		});
	};
}
