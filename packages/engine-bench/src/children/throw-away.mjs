const [entry = ""] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-ephemeral/src/index.ts")} */
const { startEphemeralEngine } = await import(entry);

async function startOnce() {
	const startedAt = performance.now();
	const engine = await startEphemeralEngine();
	const startMs = performance.now() - startedAt;
	await engine[Symbol.asyncDispose]();
	return startMs;
}

// The first start loads everything.
await startOnce();
process.stdout.write(JSON.stringify({ startMs: await startOnce() }));
