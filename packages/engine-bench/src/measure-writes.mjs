import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Measures how many writes engines acknowledge. The servers, engines and writers are those of the tests of clusters,
 * which are TypeScript, so Vitest runs them.
 *
 * @param {number} runs
 */
export async function measureWrites(runs) {
	const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
	const args = [
		"run",
		"--root",
		".",
		"--config",
		"packages/engine-bench/vitest.config.ts",
		"--disableConsoleIntercept",
	];
	const child = spawn(process.execPath, [vitest, ...args], {
		cwd: root,
		stdio: ["ignore", "inherit", "inherit"],
		env: { ...process.env, RIVET_MEASURE_WRITES: String(runs) },
	});
	const [code] = await once(child, "exit");
	if (code !== 0) throw new Error(`The measurement of writes failed with ${code}.`);
}
