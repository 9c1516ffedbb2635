import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig({
	index: "src/index.ts",
	artifact: "src/artifact.ts",
	sha256sums: "src/sha256sums.ts",
	verify: "src/verify.ts",
});
