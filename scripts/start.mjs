// `npm start`: installs and builds if needed, then starts or reuses an engine.
import { ensureBuilt, runCommandLine } from "./workspace.mjs";

ensureBuilt();
await runCommandLine(["start", ...process.argv.slice(2)]);
