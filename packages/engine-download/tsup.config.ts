import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig({
	index: "src/index.ts",
	artifact: "src/places/artifact.ts",
	sha256sums: "src/verification/sha256sums.ts",
	verify: "src/verification/verify.ts",
});
