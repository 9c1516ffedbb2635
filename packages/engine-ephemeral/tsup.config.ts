import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig(
	{ index: "src/index.ts", vitest: "src/vitest.ts" },
	// The second entry imports the first by its name, so that there is one copy of it.
	{ splitting: false },
);
