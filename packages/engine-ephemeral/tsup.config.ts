import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig(
	{
		index: "src/index.ts",
		vitest: "src/vitest.ts",
		// Not exported: a process that is started by an exiting one runs it.
		"sweep-ephemeral-engines": "src/sweep-entry.ts",
	},
	// The others use the first by its name.
	{ splitting: false },
);
