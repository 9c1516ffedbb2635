import { toldToGo } from "./told-to-go.mjs";

// A process that has loaded the downloader, and downloads when it is told to.
const [entry = "", request] = process.argv.slice(2).map((argument) => JSON.parse(argument));
/** @type {typeof import("../../../engine-download/src/index.ts")} */
const { downloadEngine } = await import(entry);
await toldToGo();
console.log(JSON.stringify(await downloadEngine(request)));
