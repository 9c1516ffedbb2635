import { defineConfig } from "tsup";

/**
 * How every package is built: ESM for the oldest Node we support, with declarations, one file an entry.
 *
 * @param splitting - Whether what several entries use is put into files of its own. @defaultValue true
 */
export function libraryConfig(
	entry: Record<string, string>,
	{ splitting = true }: { readonly splitting?: boolean } = {},
): ReturnType<typeof defineConfig> {
	return defineConfig({
		entry,
		format: "esm",
		target: "node20.19",
		platform: "node",
		// Declarations follow from each file by itself (`isolatedDeclarations`): `npm run check` checks the types, once.
		dts: { compilerOptions: { noCheck: true, types: [] } },
		clean: true,
		splitting,
		// No package has a copy of another, nor an entry one of its neighbour.
		external: [/^@rivetkit\//],
		treeshake: true,
	});
}
