import { libraryConfig } from "../../tsup.base.ts";

// A reuse imports the first two entries, and is measured in milliseconds.
export default libraryConfig(
	{
		index: "src/index.ts",
		process: "src/process/index.ts",
		lock: "src/lock/index.ts",
		receipt: "src/receipt/index.ts",
		version: "src/version/index.ts",
	},
	// semver would read NODE_DEBUG when it is loaded.
	{ splitting: false, define: { "process.env": "undefined" } },
);
