// `npm stop`: stops the engine that `npm start` started.
import { ensureBuilt, runCommandLine } from "./workspace.mjs";

ensureBuilt();
await runCommandLine(["stop", ...process.argv.slice(2)]);
