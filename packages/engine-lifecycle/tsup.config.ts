import { libraryConfig } from "../../tsup.base.ts";

// A reuse imports the first entry, and is measured in milliseconds.
export default libraryConfig(
	{
		index: "src/index.ts",
		decisions: "src/decisions.ts",
		foreground: "src/foreground/index.ts",
	},
	{ splitting: false, inlined: ["@rivetkit/engine-config"] },
);
