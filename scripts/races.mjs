// `npm run test:races`: installs, builds, and lets hosts race each other in many rounds.
import { runInFull } from "./workspace.mjs";

const USAGE = `Usage: npm run test:races

Runs every *races*.test.ts in full: processes that take one lock, hosts that start an engine at the same
moment, and hosts beside one that starts as rivetkit does, some of them killed or stopped half-way. On two
cores that takes about six minutes. \`npm test\` runs a few rounds of each.
Linux; the parts that need root say so where they are skipped.`;

runInFull(USAGE, "RIVET_RACES", ["races", "start-locks"]);
