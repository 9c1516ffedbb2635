import { toldToGo } from "./told-to-go.mjs";

// A host that has loaded the facade, as an application has when it starts its engine.
const [entry = "", options] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-manager/src/index.ts")} */
const { startOrReuse } = await import(entry);
await toldToGo();
const startedAt = performance.now();
const { startup } = await startOrReuse(options);
console.log(JSON.stringify({ kind: startup.kind, tookMs: performance.now() - startedAt }));
process.exit();
