import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("./packages", import.meta.url));

export default defineConfig({
	resolve: {
		// Tests run the sources, whether or not the packages are built.
		alias: [
			{
				find: /^@rivetkit\/engine-core\/(lock|process|receipt|version)$/,
				replacement: `${packages}/engine-core/src/$1/index.ts`,
			},
			{
				find: /^@rivetkit\/engine-download\/artifact$/,
				replacement: `${packages}/engine-download/src/places/artifact.ts`,
			},
			{
				find: /^@rivetkit\/engine-download\/(sha256sums|verify)$/,
				replacement: `${packages}/engine-download/src/verification/$1.ts`,
			},
			{
				find: /^@rivetkit\/engine-spawn\/explain$/,
				replacement: `${packages}/engine-spawn/src/explain/index.ts`,
			},
			{
				find: /^@rivetkit\/engine-lifecycle\/decisions$/,
				replacement: `${packages}/engine-lifecycle/src/decisions.ts`,
			},
			{
				find: /^@rivetkit\/engine-lifecycle\/foreground$/,
				replacement: `${packages}/engine-lifecycle/src/foreground/index.ts`,
			},
			{
				find: /^@rivetkit\/engine-ephemeral\/vitest$/,
				replacement: `${packages}/engine-ephemeral/src/vitest.ts`,
			},
			{
				find: /^@rivetkit\/(engine-[a-z-]+)$/,
				replacement: `${packages}/$1/src/index.ts`,
			},
		],
	},
	test: {
		pool: "forks",
		// What a test leaves behind is gone soon after its file.
		setupFiles: [`${packages}/engine-testkit/src/guard-tests.ts`],
		reporters: ["default", "./scripts/count-reporter.mjs"],
		// Most tests wait for a process or a socket most of the time.
		maxWorkers: 3,
		// They tell a test that hangs from one that is slow, also on a machine that does something else as well.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		projects: [
			{
				extends: true,
				// Files share a few processes: a process of its own would take each file longer than its tests.
				test: { name: "unit", include: ["packages/*/src/**/*.test.ts"], isolate: false },
			},
			{
				extends: true,
				test: { name: "process", include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"] },
			},
		],
	},
});
