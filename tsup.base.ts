import { defineConfig } from "tsup";

/** How every package is built: ESM for the oldest Node we support, with declarations, one file an entry. */
export function libraryConfig(entry: Record<string, string>): ReturnType<typeof defineConfig> {
	return defineConfig({
		entry,
		format: "esm",
		target: "node20.19",
		platform: "node",
		dts: true,
		clean: true,
		splitting: true,
		treeshake: true,
	});
}
