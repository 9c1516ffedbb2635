import { libraryConfig } from "../../tsup.base.ts";

// A reuse imports this, and is measured in milliseconds.
export default libraryConfig({ index: "src/index.ts" }, { inlined: ["@rivetkit/engine-config"] });
