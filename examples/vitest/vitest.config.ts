import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		// One engine for the whole run, whatever number of workers there is.
		globalSetup: "@rivetkit/engine-ephemeral/vitest",
	},
});
