import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		// Starts an engine that all workers of the run share.
		globalSetup: "@rivetkit/engine-ephemeral/vitest",
		// Enough for a test that starts an engine of its own on a machine that is busy with other tests.
		testTimeout: 30_000,
	},
});
