import { defineConfig } from "tsup";

/**
 * How every package is built: ESM for the oldest Node we support, with declarations, one file an entry.
 *
 * @param splitting - False if entries that use the same source have a copy each. It is put into files of its own else, and
 * each file costs an import about 1 ms. @defaultValue true
 * @param define - Expressions that the build replaces, also in the packages from outside that it copies. @defaultValue none
 * @param inlined - Packages of ours that are copied into the entries, for the same reason. @defaultValue none
 */
export function libraryConfig(
	entry: Record<string, string>,
	{
		splitting = true,
		inlined = [],
		define = {},
	}: {
		readonly splitting?: boolean;
		readonly inlined?: readonly string[];
		readonly define?: Record<string, string>;
	} = {},
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
		define,
		noExternal: [...inlined],
		// A package has a copy of no other one.
		external: [/^@rivetkit\//],
		treeshake: true,
	});
}
