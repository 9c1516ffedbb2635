// Stops an engine, and prints the time of its end.
const [entry = "", options] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-manager/src/index.ts")} */
const { stopEngine } = await import(entry);
const { kind } = await stopEngine(options);
const doneAt = Number(process.hrtime.bigint()) / 1e6;
console.log(JSON.stringify({ kind, doneAt }));
