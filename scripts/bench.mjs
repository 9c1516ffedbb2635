// `npm run bench`: installs and builds if needed, then measures side by side.
import { ensureBuilt, runPnpm } from "./workspace.mjs";

ensureBuilt();
runPnpm(["--filter", "@rivetkit/engine-bench", "run", "bench", ...process.argv.slice(2)], process.stdout);
