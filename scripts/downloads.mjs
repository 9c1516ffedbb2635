// `npm run test:downloads`: installs, builds, and downloads over networks and disks that fail, in many rounds.
import { runInFull } from "./workspace.mjs";

const USAGE = `Usage: npm run test:downloads

Runs every test of engine-download, and those of the release server that they download from, in full: servers
that break, stall and lie, processes that want one file at the same moment, and downloads that are killed at
random moments and gone on with. On two cores that takes about a minute and a half. \`npm test\` runs a few
rounds of each.
Linux; the parts that need root say so where they are skipped.`;

runInFull(USAGE, "RIVET_DOWNLOADS", [
	"packages/engine-download",
	"packages/engine-testkit/test/release-server",
]);
