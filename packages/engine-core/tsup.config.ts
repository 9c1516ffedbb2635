import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig({
	index: "src/index.ts",
	lock: "src/lock/index.ts",
	process: "src/process/index.ts",
	receipt: "src/receipt/index.ts",
	version: "src/version/index.ts",
});
