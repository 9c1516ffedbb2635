import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		// One engine for the whole run, whatever number of workers there is.
		globalSetup: "@rivetkit/engine-ephemeral/vitest",
		// Enough for a test that starts an engine of its own on a machine that is busy with other tests.
		testTimeout: 30_000,
	},
});
