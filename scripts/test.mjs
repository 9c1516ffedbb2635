// `npm test`: installs, checks style, builds, checks types and runs all tests but those of clusters, unless
// `--clusters` asks for them as well: then none is skipped because a program is missing. `--slowest` ends with the
// tests and files that took longest.
import { install, runPnpm, startPnpm } from "./workspace.mjs";

const filters = [];
if (process.argv.includes("--clusters")) process.env.RIVET_CLUSTER = "once";
else filters.push("--exclude", "**/test/cluster/**");
if (process.argv.includes("--slowest")) process.env.RIVET_SLOWEST = "20";
install();
runPnpm(["run", "lint"], process.stdout);
runPnpm(["run", "build", "--output-logs=errors-only"], process.stdout);
// Types are checked beside the tests, since these wait for processes half of their time.
const types = startPnpm(["run", "types"]);
const tests = startPnpm(["exec", "vitest", "run", ...filters], "inherit");
const [typesEnd, testsEnd] = await Promise.all([types, tests]);
if (typesEnd.isFailed) console.log(`${typesEnd.output}\nerror: the types do not fit, see above`);
process.exitCode = typesEnd.isFailed || testsEnd.isFailed ? 1 : 0;
