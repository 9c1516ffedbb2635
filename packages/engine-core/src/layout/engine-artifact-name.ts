import { EngineError } from "../errors.ts";

/** The codes that {@link engineArtifactName} throws. */
export type ArtifactErrorCode = "unsupported_platform";

/**
 * Returns the name of the release file for a platform and architecture, named like in `process.platform` and `process.arch`.
 * Windows on arm64 gets the x64 file, which Windows emulates.
 *
 * @throws EngineError `unsupported_platform` if Rivet publishes no file for the platform.
 * @see https://releases.rivet.dev for the published names.
 */
export function engineArtifactName(platform: string, arch: string): string {
	const name = PUBLISHED[`${platform}-${arch}`];
	if (name !== undefined) return name;
	throw new EngineError("unsupported_platform", `Rivet publishes no engine for ${platform} on ${arch}.`, {
		metadata: {
			platform,
			arch,
			published: Object.keys(PUBLISHED),
			hint: "Build `rivet-engine` from source and set `RIVET_ENGINE_BINARY_PATH` to it.",
		},
	});
}

const PUBLISHED: Readonly<Record<string, string>> = {
	"linux-x64": "rivet-engine-x86_64-unknown-linux-musl",
	"linux-arm64": "rivet-engine-aarch64-unknown-linux-musl",
	"darwin-x64": "rivet-engine-x86_64-apple-darwin",
	"darwin-arm64": "rivet-engine-aarch64-apple-darwin",
	"win32-x64": "rivet-engine-x86_64-pc-windows-gnu.exe",
	"win32-arm64": "rivet-engine-x86_64-pc-windows-gnu.exe",
};
