import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig(
	{
		index: "src/index.ts",
		vitest: "src/vitest.ts",
		// Not exported: an exiting process starts another process, which runs this file.
		"sweep-ephemeral-engines": "src/sweep-entry.ts",
	},
	// The other entries import the first by its name, so that there is one copy of it.
	{ splitting: false },
);
