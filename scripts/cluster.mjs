// `npm run test:cluster`: installs, builds, and runs engines on real PostgreSQL and NATS.
import { runInFull } from "./workspace.mjs";

const USAGE = `Usage: npm run test:cluster

Runs the tests in every packages/*/test/cluster/: engines that share a PostgreSQL and a NATS, which the tests
start for themselves, and which are stopped, frozen and killed under load. \`npm test\` leaves them out;
\`npm test -- --clusters\` runs everything. A program that is not installed is a failure.
Linux; on Debian, \`apt-get install --no-install-recommends postgresql nats-server tini socat\` gives what is needed.`;

runInFull(USAGE, "RIVET_CLUSTER", ["/test/cluster/"]);
