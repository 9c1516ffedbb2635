import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const [entry = ""] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-core/src/lock/index.ts")} */
const { withLock } = await import(entry);
const BATCH = 200;
const folder = await mkdtemp(path.join(tmpdir(), "rivet-bench-lock-"));
try {
	const lockAndUnlock = async () => {
		for (let count = 0; count < BATCH; count++) await withLock(folder, async () => {});
	};
	await lockAndUnlock();
	const startedAt = performance.now();
	await lockAndUnlock();
	console.log(JSON.stringify({ lockMs: (performance.now() - startedAt) / BATCH }));
} finally {
	await rm(folder, { recursive: true, force: true });
}
