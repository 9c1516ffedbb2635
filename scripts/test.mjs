// `npm test`: installs, checks style, builds, checks types and runs all tests but those of clusters, unless
// `--clusters` asks for them as well: then none is skipped because a program is missing.
import { install, runPnpm } from "./workspace.mjs";

const filters = [];
if (process.argv.includes("--clusters")) Object.assign(process.env, { RIVET_CLUSTER: "full" });
else filters.push("--exclude", "**/test/cluster/**");
install();
runPnpm(["run", "check"], process.stdout);
runPnpm(["exec", "vitest", "run", ...filters], process.stdout);
