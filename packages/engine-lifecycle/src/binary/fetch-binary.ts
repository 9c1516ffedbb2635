import type { FetchBinary } from "@rivetkit/engine-resolver";
import type { BinaryTarget, CallContext } from "../context.ts";

/** Makes the downloader that the resolver calls: it fetches into the cache of the storage root. */
export function binaryFetcher({ configuration, logger, emit }: CallContext<BinaryTarget>): FetchBinary {
	return async ({ version, signal }) => {
		const { downloadEngine } = await import("@rivetkit/engine-download");
		return await downloadEngine({
			version,
			storageRoot: configuration.target.storageRoot,
			releasesEndpoint: configuration.releasesEndpoint.value,
			unsafelyAllowHttp: configuration.unsafelyAllowHttp.value,
			environment: configuration.environment,
			onProgress: (progress) => emit({ kind: "downloading", version, progress }),
			logger,
			signal,
		});
	};
}
