import { writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { peakMemoryBytes } from "./peak-memory.mjs";

const [entry = "", request] = process.argv.slice(2).map((argument) => JSON.parse(argument));

// The clock stands around Node's own function, not in the package. The process does nothing else while it syncs a
// downloaded file, so this is the time that it would save without the sync.
let fsyncMs = 0;
const handle = await open(process.execPath);
const fileHandle = Object.getPrototypeOf(handle);
await handle.close();
const { sync } = fileHandle;
/** @this {import("node:fs/promises").FileHandle} */
fileHandle.sync = async function () {
	const startedAt = performance.now();
	await sync.call(this);
	fsyncMs += performance.now() - startedAt;
};

/** @type {typeof import("../../../engine-download/src/index.ts")} */
const { downloadEngine } = await import(entry);
const { source, sha256 } = await downloadEngine(request);
process.on("exit", () => {
	writeSync(1, JSON.stringify({ source, sha256, fsyncMs, peakBytes: peakMemoryBytes() }));
});
