// A host that starts or reuses an engine, says so, and says when it learns of the engine's end.
const [entry = "", options] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-manager/src/index.ts")} */
const { startOrReuse } = await import(entry);
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
const alive = setInterval(() => {}, 1000);
const engine = await startOrReuse(options);
const { startup } = engine;
const exited = engine.exited.then(clockMs);
const pid =
	startup.kind === "spawned" ? startup.pid : startup.kind === "reused" && startup.record?.identity.pid;
console.log(JSON.stringify({ kind: startup.kind, pid }));
console.log(JSON.stringify({ noticedAt: await exited }));
clearInterval(alive);
