import { decline, type EngineSource, type FetchBinary } from "../source.ts";
import { readBinaryVersion } from "../version/binary-version.ts";

/** Makes the source that downloads a binary, if `autoDownload` is true and `fetch` is given. */
export function downloadSource(fetch: FetchBinary | undefined): EngineSource {
	return async (configuration, { signal }) => {
		if (!configuration.autoDownload) {
			return [decline("download", "downloading is off (`RIVETKIT_ENGINE_AUTO_DOWNLOAD`)")];
		}
		if (fetch === undefined) return [decline("download", "this program brings no downloader")];
		const { path } = await fetch({ version: configuration.version, signal });
		const version = await readBinaryVersion(path, configuration.environment, signal);
		return [{ kind: "found", binary: { path, source: "download", version } }];
	};
}
