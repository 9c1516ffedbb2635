import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** For what Vitest measures: the tests' servers and engines, and no tests. */
export default defineConfig({
	...base,
	test: { ...base.test, include: ["packages/*/test/**/*.measure.ts"] },
});
