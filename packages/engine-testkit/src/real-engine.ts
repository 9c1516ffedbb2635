import { createRequire } from "node:module";

/** The version of the real engine at {@link realEnginePath}. */
export const realEngineVersion = "2.3.19";

/**
 * Returns the path of the engine from `@rivetkit/engine-cli`, a development dependency of the workspace root. That package's
 * own lookup is not used, because it reads `RIVET_ENGINE_BINARY`, which must not affect a test.
 */
export function realEnginePath(): string {
	return enginePathIn("@rivetkit/engine-cli");
}

/** The version of the engine at {@link olderEnginePath}. */
export const olderEngineVersion = "2.3.17";

/** Returns the path of a real engine of an older version, for tests of upgrades. */
export function olderEnginePath(): string {
	return enginePathIn("engine-cli-2.3.17");
}

function enginePathIn(packageName: string): string {
	const platform = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
	if (platform === undefined)
		throw new Error(`No engine is published for ${process.platform} on ${process.arch}.`);
	const fromRoot = createRequire(new URL("../../../package.json", import.meta.url));
	const fromPackage = createRequire(fromRoot.resolve(packageName));
	const binary = process.platform === "win32" ? "rivet-engine.exe" : "rivet-engine";
	return fromPackage.resolve(`@rivetkit/engine-cli-${platform}/${binary}`);
}

const PLATFORM_PACKAGES: Readonly<Record<string, string>> = {
	"linux-x64": "linux-x64-musl",
	"linux-arm64": "linux-arm64-musl",
	"darwin-x64": "darwin-x64",
	"darwin-arm64": "darwin-arm64",
	"win32-x64": "win32-x64",
};
