import { libraryConfig } from "../../tsup.base.ts";

export default libraryConfig({
	index: "src/index.ts",
	decisions: "src/decisions.ts",
	foreground: "src/foreground/index.ts",
});
