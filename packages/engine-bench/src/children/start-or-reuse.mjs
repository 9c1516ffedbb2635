const [entry = "", options, expectedKind] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-manager/src/index.ts")} */
const { startOrReuse } = await import(entry);
const engine = await startOrReuse(options);
const handleAt = Number(process.hrtime.bigint()) / 1e6;
if (engine.startup.kind !== expectedKind)
	throw new Error(`The engine was ${engine.startup.kind}, not ${expectedKind}.`);
process.stdout.write(JSON.stringify({ handleAt, startup: engine.startup }));
